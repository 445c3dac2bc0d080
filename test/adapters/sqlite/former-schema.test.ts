import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { MIGRATIONS } from '../../../src/adapters/sqlite/migrations.ts';
import { openStore } from '../../../src/adapters/sqlite/store.ts';
import { toCloudEvent } from '../../../src/model/event.ts';
import {
  event,
  forWorkspace,
  idsOf,
  intent,
  NOW_MS,
  recordedFor,
} from '../../contract/store-changes.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';

/** The first schema version that records workspaces. */
const RECORDS_WORKSPACES = 4;

/** A state file of an earlier version, with one event and one step of a service. */
async function createFormer(): Promise<string> {
  const file = join(await createTempFolder(), 'state.db');
  const connection = new DatabaseSync(file);
  const schema = MIGRATIONS.slice(0, RECORDS_WORKSPACES - 1);
  for (const step of schema) connection.exec(step);
  connection.exec(`PRAGMA user_version = ${schema.length}`);
  const position = { producer: 'p', number: 1, sequence: 1, source: '/test' };
  const told = JSON.stringify(toCloudEvent(event('echo').event, position));
  connection.prepare('INSERT INTO events VALUES (1, ?)').run(told);
  const outcome = { intentId: 'old', result: 'done', atMs: NOW_MS };
  connection
    .prepare('INSERT INTO journal (intent_id, service, intent, outcome) VALUES (?, ?, ?, ?)')
    .run('old', 'echo', JSON.stringify(intent('old', 'echo').intent), JSON.stringify(outcome));
  connection.close();
  return file;
}

function open(file: string) {
  const store = openStore({ file, source: '/test', clock: Date.now, keepUndelivered: true });
  onTestFinished(() => store.close());
  return store;
}

test('what was recorded before workspaces were stays as it is, and is of none', async () => {
  const file = await createFormer();
  const store = open(file);
  store.commit([recordedFor('w1', 'new', 'echo'), forWorkspace('w1', event('echo'))]);

  expect(store.journal({ limit: 10 })).toEqual([
    recordedFor('w1', 'new', 'echo').intent,
    { ...intent('old', 'echo').intent, result: 'done', endedAtMs: NOW_MS },
  ]);
  expect(idsOf(store, { workspace: 'w1', limit: 10 })).toEqual(['new']);
  expect(store.events(0, 10).map(({ number, event: told }) => [number, told.workspace])).toEqual([
    [1, undefined],
    [2, 'w1'],
  ]);
  store.close();
  expect(idsOf(open(file), { workspace: 'w1', limit: 10 })).toEqual(['new']);
});
