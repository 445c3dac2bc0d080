import { expect, test } from 'vitest';
import type { Control, Inspection } from '../../../src/control.ts';
import { AppError, type ErrorCode } from '../../../src/errors.ts';
import { ACCESS } from '../../../src/model/access.ts';
import { createFakeControl } from '../fake-control.ts';
import { openPlatform } from './open-platform.ts';

const INSIDE = 'planted-3f9a';
const PAGES = /^GET \/(?:$|docs|openapi|\.well-known|ready|metrics)/;
const ROUTES = Object.keys(ACCESS).filter((route) => !/ \/v1\//.test(route) && !PAGES.test(route));
const NEW = {
  service_name: 'new',
  name: 'new',
  instance_id: 'new',
  workspace_id: 'w',
  image: 'x:1',
  port: 8000,
  json_spec: { image: 'x:1', port: 8000 },
};

/** Everything that is done fails so; what was seen last is there still. */
function failing(code: ErrorCode) {
  const fail = (): never => {
    throw new AppError(code, 'it is gone', { cause: new Error(INSIDE) });
  };
  const methods = Object.keys(createFakeControl()).filter((key) => key !== 'calls');
  const control: Partial<Control> = Object.fromEntries(methods.map((method) => [method, fail]));
  const inspection: Partial<Inspection> = {
    settled: fail,
    checkNow: fail,
    image: fail,
    templates: fail,
  };
  return openPlatform({ control, inspection });
}

test.each(['RUNTIME_UNAVAILABLE', 'BROKER_UNAVAILABLE', 'STATE_UNWRITABLE'] as const)(
  'where all that is asked fails with %s, the answers are those of the contract',
  async (code) => {
    const { ask } = failing(code);
    for (const route of ROUTES) {
      const path = route.replace(/:template/, 'plain').replace(/:\w+/, 'echo');
      const { status, body } = await ask(path, /^(?:POST|PUT) /.test(route) ? NEW : undefined);
      expect(JSON.stringify(body)).not.toContain(INSIDE);
      // What was seen last is still told, whether it is well or not.
      const isOld = SEEN_LAST.test(route) && (status === 200 || 'healthy' in body);
      expect([route, status, body]).toEqual([route, ...(isOld ? [status, body] : GONE)]);
    }
  },
);

const SEEN_LAST = /^GET \/(?:containers|instances)/;
const GONE = [503, { error: expect.stringMatching(/_failed$/), code: 503, message: 'it is gone' }];
