import { Registry } from 'prom-client';
import { expect, onTestFinished, test } from 'vitest';
import { createMetrics } from '../../src/adapters/prometheus/metrics.ts';
import { createApp } from '../../src/http/app.ts';
import type { Readiness } from '../../src/metrics-ports.ts';
import type { Log } from '../../src/ports.ts';
import { createFakeControl, someEvent, someStatus, untilAborted } from './fake-control.ts';

const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} };

function open(readiness?: () => Readiness) {
  const metrics = createMetrics(new Registry(), {
    version: '1.2.3',
    nodeVersion: 'v24',
    runtime: 'memory',
    clock: Date.now,
  });
  const app = createApp({
    control: createFakeControl({
      async *events(_query, signal) {
        yield someEvent(1);
        await untilAborted(signal);
      },
    }),
    log: quiet,
    version: '1.2.3',
    metrics: {
      answered: metrics.answered,
      text: () => metrics.text({ services: [someStatus('echo')], problems: 0 }),
    },
    ...(readiness && { readiness }),
  });
  onTestFinished(async () => {
    await app.close();
  });
  return app;
}

test('who is ready says so with 200, and who is not names what is missing with 503', async () => {
  let isReady = false;
  const app = open(() => ({
    isReady,
    checks: [{ name: 'runtime', of: 'podman', state: 'failing', isNeeded: true }],
  }));
  const before = await app.inject('/ready');
  expect(before.statusCode).toBe(503);
  expect(before.json()).toEqual({
    status: 'not ready',
    checks: [{ name: 'runtime', of: 'podman', state: 'failing', needed: true }],
  });
  isReady = true;
  const after = await app.inject('/ready');
  expect(after.statusCode).toBe(200);
  expect(after.json()).toMatchObject({ status: 'ready' });
});

test('answers are counted by the pattern of their route, their method and the class of their status', async () => {
  const app = open();
  await app.inject('/v1/services/echo');
  await app.inject('/v1/services/nobody');
  await app.inject({ method: 'POST', url: '/v1/plan', payload: { planted: 'secret' } });
  await app.inject('/v1/planted-secret?token=planted-secret');
  const { headers, body } = await app.inject('/metrics');
  expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  for (const labels of [
    'route="/v1/services/:name",method="GET",status="2xx"',
    'route="/v1/services/:name",method="GET",status="4xx"',
    'route="/v1/plan",method="POST",status="4xx"',
    'route="none",method="GET",status="4xx"',
  ]) {
    expect(body).toContain(`mcp_manager_http_request_seconds_count{${labels}} 1\n`);
  }
  expect(body).not.toContain('secret');
});

test('a stream is counted when it begins, and once', async () => {
  const app = open();
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  const leaving = new AbortController();
  const response = await fetch(`${address}/v1/events?follow=true`, { signal: leaving.signal });
  expect(response.status).toBe(200);
  const counted =
    'mcp_manager_http_request_seconds_count{route="/v1/events",method="GET",status="2xx"} 1\n';
  expect((await app.inject('/metrics')).body).toContain(counted);
  leaving.abort();
  await app.inject('/health');
  expect((await app.inject('/metrics')).body).toContain(counted);
});
