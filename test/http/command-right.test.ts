import { expect, test } from 'vitest';
import type { NewToken } from '../../src/access-ports.ts';
import { AppError } from '../../src/errors.ts';
import type { Origin } from '../../src/model/service.ts';
import { someDeclared } from './fake-control.ts';
import { createSharedControl, serveGuarded } from './guarded-app.ts';

/** Asks for a command of `echo`, which is of workspace w1 and declared by `origin`: the status, and what was done. */
async function ask(caller: Partial<NewToken>, kind: string, origin: Origin | 'nobody') {
  const done: unknown[] = [];
  const control = createSharedControl({
    ask: async (command) => void done.push(command),
    declared: async () => {
      if (origin === 'nobody') throw new AppError('SERVICE_UNKNOWN', 'no document names it');
      return { ...someDeclared(), origin };
    },
  });
  const served = await serveGuarded({ control });
  const volumes = kind === 'remove' ? { volumes: true } : {};
  const { status } = await served.ask('/v1/commands', await served.makeToken(caller), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind, service: 'echo', by: 'mallory', ...volumes }),
  });
  return [status, done.length];
}

const WRITER: Partial<NewToken> = { role: 'write' };
const WRITER_OF_W1: Partial<NewToken> = { role: 'write', workspace: 'w1' };
const ADMIN: Partial<NewToken> = { role: 'admin' };
const ADMIN_OF_W1: Partial<NewToken> = { role: 'admin', workspace: 'w1' };

test.each<[string, Parameters<typeof ask>]>([
  ['for writing lets nothing go out of the limits', [WRITER, 'forget', 'api']],
  ['for writing lets nothing of its workspace go', [WRITER_OF_W1, 'forget', 'api']],
  ['of an admin of one workspace lets nothing go', [ADMIN_OF_W1, 'forget', 'api']],
  ['for writing removes nothing of people', [WRITER, 'remove', 'file']],
  ['for writing removes nothing of core', [WRITER_OF_W1, 'remove', 'core']],
  ['for writing removes nothing that no document names', [WRITER, 'remove', 'nobody']],
])('a token %s', async (_what, wanted) => {
  expect(await ask(...wanted)).toEqual([403, 0]);
});

test.each<[string, Parameters<typeof ask>]>([
  ['of an admin lets a service go', [ADMIN, 'forget', 'file']],
  ['for writing removes what the API declared', [WRITER, 'remove', 'api']],
  ['for writing removes so what is of its workspace', [WRITER_OF_W1, 'remove', 'api']],
  ['of an admin removes what is of people', [ADMIN, 'remove', 'file']],
  ['for writing restarts what is of people', [WRITER, 'restart', 'file']],
])('a token %s', async (_what, wanted) => {
  expect(await ask(...wanted)).toEqual([202, 1]);
});
