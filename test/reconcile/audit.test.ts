import { expect, test } from 'vitest';
import type { AuditEntry } from '../../src/model/audit.ts';
import type { StoreChange } from '../../src/model/journal.ts';
import type { Log } from '../../src/ports.ts';
import { createAudit } from '../../src/reconcile/audit.ts';
import { createCommitQueue } from '../../src/reconcile/commit-queue.ts';
import { eventually } from '../helpers/eventually.ts';

const ENTRY: AuditEntry = {
  result: 'done',
  who: 'token:ci',
  from: '127.0.0.1',
  method: 'POST',
  route: '/v1/commands',
  service: 'echo',
  status: 202,
};

const workspaceOf = (service: string) => (service === 'echo' ? 'w1' : undefined);

function open(commit: (changes: readonly StoreChange[]) => void) {
  const errors: string[] = [];
  const log: Log = {
    debug() {},
    info() {},
    warn() {},
    error: (_fields, message) => void errors.push(message),
  };
  const commits = createCommitQueue({ commit });
  const audit = createAudit({ commits, workspaceOf, clock: () => 1_000, log });
  return { audit, commits, errors };
}

test('what was asked over the API is kept as an event of its service, for its workspace', async () => {
  const kept: StoreChange[] = [];
  const { audit, commits } = open((changes) => void kept.push(...changes));
  audit(ENTRY);
  audit({ ...ENTRY, result: 'refused', who: 'nobody', status: 401 });
  await commits.rest();
  const { service: _service, ...data } = ENTRY;
  expect(kept).toEqual([
    {
      kind: 'event',
      event: { type: 'api.written', timeMs: 1_000, subject: 'echo', workspace: 'w1', data },
    },
    {
      kind: 'event',
      event: {
        type: 'api.refused',
        timeMs: 1_000,
        subject: 'echo',
        workspace: 'w1',
        data: { ...data, result: 'refused', who: 'nobody', status: 401 },
      },
    },
  ]);
});

test('what was asked of a service that went meanwhile is kept for the workspace that it had', async () => {
  const kept: StoreChange[] = [];
  const { audit, commits } = open((changes) => void kept.push(...changes));
  audit({ ...ENTRY, service: 'gone', workspace: 'w2' });
  audit({ ...ENTRY, service: 'nobody' });
  await commits.rest();
  expect(kept).toMatchObject([{ event: { subject: 'gone', workspace: 'w2' } }, { event: {} }]);
  expect(JSON.stringify(kept[1])).not.toContain('workspace');
});

test('what cannot be kept is in the log, and fills no memory', async () => {
  const { audit, errors } = open(() => {
    throw new Error('disk full');
  });
  for (let count = 0; count < 1_010; count += 1) audit(ENTRY);
  expect(errors).toHaveLength(10);
  await eventually(() => expect(errors).toHaveLength(1_010));
});
