import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { createWorkplace, TINY, tiny } from '../helpers/manager.ts';

test('a service asks for a token as its document says, without a restart, and the plan tells it', async () => {
  const place = createWorkplace(onTestFinished);
  place.declare('fleet.yaml', { echo: tiny() });
  const manager = await place.run('--approve');
  const approved = await place.cli('apply', '--auto-approve');
  expect(approved.stderr).toBe('');
  await manager.until({ echo: 'Running' });
  const [before] = (await manager.control.status()).services;
  const statusWith = async (token?: string): Promise<number> => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const answer = await fetch(before?.url ?? '', { method: 'POST', headers, body: '{}' });
    await answer.text();
    return answer.status;
  };
  const openStatus = await statusWith();
  expect([401, 403, 503]).not.toContain(openStatus);

  place.declare('fleet.yaml', { echo: tiny([], { auth: 'token' }) });
  const plan = await place.cli('plan');
  expect(plan.stdout).toContain('~ echo\n      1. route echo (a token is asked for)\n\nPlan:');
  await place.cli('apply', '--auto-approve');
  await eventually(async () => expect(await statusWith()).toBe(401));
  const made = JSON.parse((await place.cli('token', 'create', '--role', 'read', '--json')).stdout);
  expect(await statusWith(made.token)).toBe(openStatus);

  const [after] = (await manager.control.status()).services;
  expect(after).toMatchObject({ startedAtMs: before?.startedAtMs, auth: { role: 'read' } });
  expect((await place.cli('get', 'echo')).stdout).toContain('a token of role read');
  // It is verified and probed where it is, not by its route.
  expect(after?.state).toBe('Running');
});

test('on loopback the API asks nobody for a token until there are some', async () => {
  const place = createWorkplace(onTestFinished);
  place.declare('fleet.yaml', {});
  const manager = await place.run();
  await manager.said(/The API is at/);
  const [, url = ''] = /The API is at (http:\/\/[\d.:]+\d)/.exec(manager.stdout()) ?? [];
  expect((await fetch(`${url}/v1/services`)).status).toBe(200);
  const foreign = { headers: { origin: 'https://evil.example.org' } };
  expect((await fetch(`${url}/v1/services`, foreign)).status).toBe(403);
});

test('a document that came by the API runs no command of this machine, and is not written', async () => {
  const place = createWorkplace(onTestFinished);
  place.declare('fleet.yaml', {});
  const { control } = await place.run();
  const fields = { command: ['node', TINY] };
  const request = { service: 'asked', origin: 'api', by: 'ada' } as const;
  const asked = control.declare({ ...request, change: { kind: 'put', fields } });
  await expect(asked).rejects.toThrow('the API may not run commands on this host');
  await expect(control.declared('asked')).rejects.toMatchObject({ code: 'SERVICE_UNKNOWN' });
});
