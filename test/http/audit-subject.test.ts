import { describe, expect, test } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { eventually } from '../helpers/eventually.ts';
import { createSharedControl, serveGuarded } from './guarded-app.ts';
import { someService } from './platform/open-platform.ts';

const details = [
  someService('my-echo-1', { platform: { serviceName: 'My Echo', instanceId: 'ia1' } }),
];
const NEW = { instance_id: 'ia2', name: 'n', service_name: 'n', workspace_id: 'w', template: 'x' };
const TWICE = { ...NEW, instance_id: 'ia1' };

function serve() {
  const cause = new AppError('STATE_UNWRITABLE', 'disk full');
  const control = createSharedControl({ declare: () => Promise.reject(cause) });
  return serveGuarded({ control, details });
}

describe('the audit says what a request was about', () => {
  test.each<[route: string, role: 'read' | 'admin', body: object, entry: object]>([
    ['POST /v1/plans/p-1/apply', 'admin', {}, { result: 'done', planId: 'p-1' }],
    ['POST /v1/plans/p-1/apply', 'read', {}, { result: 'refused', planId: 'p-1' }],
    ['POST /v1/plans/none/apply', 'admin', {}, { result: 'failed', planId: 'none' }],
    ['PUT /v1/templates/mine', 'admin', { image: 'x' }, { result: 'done', template: 'mine' }],
    ['DELETE /v1/templates/mine', 'read', {}, { result: 'refused', template: 'mine' }],
    ['DELETE /containers/My%20Echo', 'read', {}, { result: 'refused', service: 'my-echo-1' }],
    ['DELETE /instances/ia1', 'read', {}, { result: 'refused', service: 'my-echo-1' }],
    ['DELETE /instances/ia1', 'admin', {}, { result: 'failed', service: 'my-echo-1' }],
    ['DELETE /containers/gone', 'admin', {}, { result: 'failed', service: 'gone' }],
    ['POST /instances', 'admin', NEW, { result: 'failed', service: expect.stringMatching(/^n-/) }],
    ['POST /instances', 'admin', TWICE, { result: 'failed', status: 409, service: 'my-echo-1' }],
    [
      'POST /containers',
      'admin',
      { service_name: 'My Echo', template: 'x' },
      { status: 409, service: 'my-echo-1' },
    ],
  ])('%s by %s', async (route, role, body, entry) => {
    const { ask, audited, makeToken } = await serve();
    const token = await makeToken({ role });
    const admin = await makeToken({ role: 'admin' });
    const headers = { 'content-type': 'application/json' };
    await ask('/v1/plan', admin, { method: 'POST', headers, body: '{}' });
    const [method = '', path = ''] = route.split(' ');
    await ask(path, token, { method, headers, body: JSON.stringify(body) });
    await eventually(() => expect(audited).toMatchObject([entry]));
  });
});
