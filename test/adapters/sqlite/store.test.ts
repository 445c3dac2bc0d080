import { join } from 'node:path';
import { describe, onTestFinished } from 'vitest';
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
