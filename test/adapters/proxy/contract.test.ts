import { describe } from 'vitest';
import { routerContract } from '../../contract/router.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';
import { openTestProxy } from './open-test-proxy.ts';
import { createNoRouter } from '../../../src/adapters/proxy/no-router.ts';

describe('The embedded router', () => {
  routerContract(async () => {
    const stateFolder = await createTempFolder();
    const router = await openTestProxy(stateFolder);
    return { router, carries: true, reopen: () => openTestProxy(stateFolder) };
  });
});

describe('No router', () => {
  routerContract(async () => {
    return { router: createNoRouter({ baseUrl: 'https://mcp.example.org' }), carries: false };
  });
});
