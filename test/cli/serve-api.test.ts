import { expect, onTestFinished, test } from 'vitest';
import { serveApi } from '../../src/cli/serve-api.ts';
import type { Access } from '../../src/cli/host.ts';
import { readConfig } from '../../src/config.ts';
import type { Log } from '../../src/ports.ts';
import { createTempFolder } from '../helpers/temp-folder.ts';
import { createFakeInspection } from '../http/fake-inspection.ts';
import { NO_ANSWERS, createFakeControl } from '../http/fake-control.ts';

async function serve(environment: Readonly<Record<string, string>>, access: Access) {
  const warnings: string[] = [];
  const log: Log = {
    debug() {},
    info() {},
    warn: (_fields, message) => void warnings.push(message),
    error() {},
  };
  const config = readConfig({
    environment: { SERVER_PORT: '0', ...environment },
    flags: {},
    workingFolder: '/work',
    packageTemplatesFolder: '/work/templates',
    packageTraefikFolder: '/work/traefik',
  });
  const stateFolder = await createTempFolder();
  const manager = {
    control: createFakeControl(),
    audit() {},
    inspection: createFakeInspection(),
    answers: NO_ANSWERS,
    readiness: () => ({ isReady: true, checks: [] }),
    access,
    run: async () => {},
    async [Symbol.asyncDispose]() {},
  };
  const api = await serveApi({ manager, config, stateFolder, version: '1', log });
  onTestFinished(() => api[Symbol.asyncDispose]());
  return { warnings, url: api.url.replace('0.0.0.0', '127.0.0.1') };
}

const nobody: Access = {
  authenticator: { authenticate: async () => ({ kind: 'unknown' }), troubles: () => [] },
};

test.each(['127.0.0.1', '0.0.0.0'])('on %s a token is asked for', async (host) => {
  const { url, warnings } = await serve({ SERVER_HOST: host }, nobody);
  expect((await fetch(`${url}/v1/services`)).status).toBe(401);
  expect((await fetch(`${url}/health`)).status).toBe(200);
  expect(warnings).toEqual([]);
});

test.each([
  ['127.0.0.1', 'every program on this machine may do everything'],
  ['0.0.0.0', 'whoever reaches it may do everything'],
])('who says that none is asked for on %s is warned', async (host, words) => {
  const { url, warnings } = await serve({ SERVER_HOST: host, AUTH_MODE: 'off' }, {});
  expect((await fetch(`${url}/v1/services`)).status).toBe(200);
  expect(warnings.join()).toContain(words);
});
