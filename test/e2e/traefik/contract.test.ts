import { afterAll, describe } from 'vitest';
import { routerContract } from '../../contract/router.ts';
import { startTraefik } from '../../helpers/traefik.ts';
import { openTestRouter, WAYS } from './open-test-router.ts';

const traefik = await startTraefik(afterAll);

describe.each(WAYS)('The router by Traefik, which is asked %s', (way) => {
  routerContract(async () => ({ ...(await openTestRouter({ way, traefik })), carries: true }));
});
