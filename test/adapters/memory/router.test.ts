import { describe } from 'vitest';
import { createMemoryRouter } from '../../../src/adapters/memory/router.ts';
import { routerContract } from '../../contract/router.ts';

describe('The router in memory', () => {
  routerContract(async () => ({ router: createMemoryRouter(), carries: false }));
});
