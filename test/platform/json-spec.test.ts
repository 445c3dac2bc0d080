import { describe, expect, test } from 'vitest';
import type { ServiceFields } from '../../src/platform/fields.ts';
import { readJsonSpec } from '../../src/platform/read-json-spec.ts';
import { fleet, linesOf, memoryLoader, setOf } from '../desired/load-texts.ts';
import { ADDRESS, fieldsOf, IDENTITY, IMAGE, NAMED, REFERENCE } from './json-specs.ts';

const RUN_AS_SENT = ['run', '8', '${x}'];
const RUN = ['run', '8', '$${x}'];

describe('a json_spec becomes the fields of a document:', () => {
  test.each<[string, object, ServiceFields]>([
    ['what the UI sends', { ...IMAGE, environment: {} }, IMAGE],
    ['with its type', { type: 'docker', ...IMAGE, endpoint_url: 'http://x.test' }, IMAGE],
    ['of a later type', { type: 'command', container_image: IMAGE.image, port: 8000 }, IMAGE],
    ['with what is for people', { ...IMAGE, available_tools: ['a'], env_vars: ['B'] }, IMAGE],
    ['with a command', { ...IMAGE, cmd: ['run', 8, '${x}'] }, withImage({ command: RUN })],
    [
      'with a command as documented',
      { ...IMAGE, command: RUN_AS_SENT },
      withImage({ command: RUN }),
    ],
    ['with a command that is empty', { ...IMAGE, cmd: [] }, IMAGE],
    ['with no command', { ...IMAGE, command: null }, IMAGE],
    [
      'with values of any type',
      { ...IMAGE, environment: { A: 'a', B: 8, C: true, D: null, E: ['x'] } },
      withImage({ env: { A: 'a', B: '8', C: 'true', D: '', E: '["x"]' } }),
    ],
    [
      'with variables of a later age',
      { ...IMAGE, env_vars: { A: 'theirs', B: 'b' }, environment: { A: 'own' } },
      withImage({ env: { A: 'own', B: 'b' } }),
    ],
    [
      'with limits',
      { ...IMAGE, resources: { memory_limit: '512M', cpu_limit: '.5' } },
      withImage({ resources: { memory: '512m', cpu: '0.5' } }),
    ],
    [
      'with limits of a later age',
      { ...IMAGE, resource_limits: { memory: '1Gi', cpu: 2 } },
      withImage({ resources: { memory: '1Gi', cpu: 2 } }),
    ],
    [
      'with limits as Kubernetes writes them',
      { ...IMAGE, resources: { requests: {}, limits: { memory: '512M', cpu: '500m' } } },
      withImage({ resources: { memory: 512_000_000, cpu: '500m' } }),
    ],
    ['of a remote server', { type: 'url', endpoint: ADDRESS }, { url: ADDRESS }],
    ['without a type', { endpoint: ADDRESS }, { url: ADDRESS }],
    [
      'of the form for external servers',
      { endpoint_url: ADDRESS, headers: { 'X-Team': 'a' }, is_public: true, tags: ['t', 7] },
      { url: ADDRESS, headers: { 'X-Team': 'a' }, is_public: true, tags: ['t'] },
    ],
    [
      'with a reference as token',
      { type: 'url', endpoint: ADDRESS, authentication: { type: 'bearer', token: REFERENCE } },
      { url: ADDRESS, headers: { Authorization: { secret: REFERENCE, prefix: 'Bearer ' } } },
    ],
    [
      'with a token in clear',
      { type: 'url', endpoint: ADDRESS, authentication: { type: 'bearer', token: 't0ken' } },
      { url: ADDRESS, headers: { Authorization: 'Bearer t0ken' } },
    ],
    [
      'with a token and the same header',
      {
        type: 'url',
        endpoint: ADDRESS,
        authentication: { type: 'bearer', token: 'a' },
        headers: { authorization: 'b' },
      },
      { url: ADDRESS, headers: { authorization: 'b' } },
    ],
    [
      'with a check of its own kind',
      { type: 'url', endpoint: ADDRESS, health_check: { path: '/h' }, timeout: '5s' },
      { url: ADDRESS, health_check: { path: '/h' }, timeout: '5s' },
    ],
  ])('%s', (_what, spec, fields) => {
    expect(readJsonSpec(spec, NAMED)).toMatchObject({
      kind: 'valid',
      fields: { ...fields, ...IDENTITY },
      warnings: [],
    });
    expect(Object.keys(fieldsOf(readJsonSpec(spec, NAMED))).toSorted()).toEqual(
      Object.keys({ ...fields, ...IDENTITY }).toSorted(),
    );
  });
});

test('the fields are what a document takes', () => {
  const environment = { LOG_LEVEL: 'info', API_KEY: REFERENCE };
  const resources = { memory_limit: '512M', cpu_limit: '0.5' };
  const authentication = { type: 'bearer', token: REFERENCE };
  const specs = [
    { ...IMAGE, environment, cmd: RUN_AS_SENT, resources },
    { ...IMAGE, resources: { limits: { memory: '512M', cpu: '500m' } } },
    {
      endpoint_url: ADDRESS,
      authentication,
      health_check: '/h',
      timeout: 5,
      tags: ['t'],
      is_public: true,
    },
  ];
  const services = specs.map((spec, at) => {
    const named = at === 0 ? NAMED : { ...NAMED, instanceId: `i-${at}` };
    return [`s${at}`, fieldsOf(readJsonSpec(spec, named))] as const;
  });
  const lines = services.map(
    ([name, { slug: _slug, ...fields }]) => `  ${name}: ${JSON.stringify(fields)}\n`,
  );

  const desired = memoryLoader()(setOf({ 'core/a.yaml': fleet(lines.join('')) }));

  expect(linesOf(desired)).toEqual([]);
  expect(desired.services.map(({ spec }) => spec)).toMatchObject([
    {
      env: { LOG_LEVEL: 'info', API_KEY: { secret: REFERENCE } },
      command: RUN_AS_SENT,
      resources: { memoryBytes: 512 * 2 ** 20, cpu: 0.5 },
    },
    { resources: { memoryBytes: 512_000_000, cpu: 0.5 } },
    { url: ADDRESS, headers: { authorization: { secret: REFERENCE, prefix: 'Bearer ' } } },
  ]);
  expect(desired.services[0]?.platform).toEqual(IDENTITY.platform);
});

function withImage(more: ServiceFields): ServiceFields {
  return { ...IMAGE, ...more };
}
