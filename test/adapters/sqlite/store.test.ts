import { chmod, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../../src/adapters/sqlite/store.ts';
import { RETENTION } from '../../../src/adapters/sqlite/retention.ts';
import { storeContract, type StoreVariant } from '../../contract/store.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';

describe('The store in a SQLite file', () => {
  storeContract(async () => {
    const open = opener(join(await createTempFolder(), 'state.db'));
    return {
      open,
      reopen(store) {
        store.close();
        return open();
      },
    };
  });
});

test('all files of the store are for its user alone, also in a folder that all can read', async () => {
  const folder = await createTempFolder();
  await chmod(folder, 0o755);
  opener(join(folder, 'state.db'))();
  const names = await readdir(folder);
  expect(names.length).toBeGreaterThan(1);
  for (const name of names)
    expect([name, (await stat(join(folder, name))).mode & 0o077]).toEqual([name, 0]);
});

describe('The store in memory', () => {
  storeContract(async () => ({ open: opener(':memory:') }));
});

function opener(file: string) {
  return ({ keepUndelivered = true, clock = Date.now, retention = {} }: StoreVariant = {}) => {
    const store = openStore({
      file,
      source: '/mcp-manager/test',
      clock,
      keepUndelivered,
      retention: { ...RETENTION, ...retention },
    });
    onTestFinished(() => store.close());
    return store;
  };
}
