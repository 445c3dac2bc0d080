import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { createWorkplace, tiny, type ManagerProcess } from '../helpers/manager.ts';

function urlOf(manager: ManagerProcess): string {
  const [, url] = /The API is at (http:\/\/[^;\s]+[^;\s.])/.exec(manager.stdout()) ?? [];
  if (url === undefined) throw new Error(`no URL in ${manager.stdout()}`);
  return url;
}

function ask(url: string, token: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return fetch(url, { ...init, headers });
}

test('tokens are made, used, told of in events and revoked while the manager runs', async () => {
  const place = createWorkplace(onTestFinished);
  place.environment['AUTH_MODE'] = 'on';
  place.declare('a.yaml', { echo: tiny() });
  const manager = await place.run();
  await manager.said(/The API is at/);
  const url = urlOf(manager);
  const first = readFileSync(join(place.stateFolder, 'admin-token'), 'utf8').trim();
  expect(await (await ask(`${url}/v1/whoami`, first)).json()).toMatchObject({ role: 'admin' });
  await manager.until({ echo: 'Running' });

  const made = await place.cli('token', 'create', '--role', 'write', '--name', 'ci', '--json');
  const { id, token } = JSON.parse(made.stdout);
  const body = JSON.stringify({ kind: 'restart', service: 'echo', by: 'somebody else' });
  const asked = await ask(`${url}/v1/commands`, token, { method: 'POST', body });
  expect(asked.status).toBe(202);
  const refused = await ask(`${url}/v1/apply`, token, { method: 'POST', body: '{}' });
  expect(refused.status).toBe(403);

  const follower = await ask(`${url}/v1/events?follow=true`, token);
  expect(follower.status).toBe(200);
  await place.cli('token', 'revoke', id);
  expect(await follower.text()).toContain('UNAUTHENTICATED');
  expect((await ask(`${url}/v1/whoami`, token)).status).toBe(401);

  const { stdout: events } = await place.cli('events', '--json', '--since', '2020-01-01T00:00:00Z');
  expect(events).toMatch(/api\.written.*"token:ci".*\/v1\/commands/);
  expect(events).toMatch(/api\.refused.*"token:ci".*\/v1\/apply/);
  const told = [events, manager.stdout(), manager.stderr()].join('\n');
  for (const secret of [token, first])
    expect(told).not.toContain(secret.split('_').slice(2).join('_'));
});

test('a token is as good after a restart, and a port that is taken is named', async () => {
  const place = createWorkplace(onTestFinished);
  place.environment['AUTH_MODE'] = 'on';
  place.declare('a.yaml', {});
  const manager = await place.run();
  await manager.said(/The API is at/);
  const url = urlOf(manager);
  const other = createWorkplace(onTestFinished);
  other.declare('a.yaml', {});
  other.environment['SERVER_PORT'] = new URL(url).port;
  const second = await other.cli('run', '--runtime', 'process');
  expect(second).toMatchObject({ code: 1 });
  expect(second.stderr).toContain(`API_PORT_TAKEN another program listens on 127.0.0.1:`);

  const first = readFileSync(join(place.stateFolder, 'admin-token'), 'utf8').trim();
  place.environment['SERVER_PORT'] = new URL(url).port;
  await manager.end();
  const next = await place.run();
  await next.said(/The API is at/);
  expect(urlOf(next)).toBe(url);
  await eventually(async () => {
    expect((await ask(`${url}/v1/whoami`, first)).status).toBe(200);
  });
});
