import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCreateContainer } from '../../src/platform/create-container.ts';
import { readCreateInstance } from '../../src/platform/create-instance.ts';
import { REDACTED } from '../../src/platform/redacted.ts';
import { readUpdateInstance } from '../../src/platform/update-instance.ts';
import { slugOf } from '../../src/platform/names.ts';
import { IDENTITY, IMAGE } from './json-specs.ts';

const ECHO = { slug: slugOf({ name: 'echo' }), platform: { serviceName: 'echo' } };
const OWN = { service_name: 'echo', ...IMAGE };

describe('a body that creates a container is read:', () => {
  test.each<[string, object, object]>([
    ['with image and port', OWN, IMAGE],
    ['with a template', { service_name: 'echo', template: 'echo' }, { template: 'echo' }],
    ['with both', { ...OWN, template: 'echo' }, { ...IMAGE, template: 'echo' }],
    [
      'with everything',
      {
        ...OWN,
        environment: { LOG_LEVEL: 'info' },
        labels: { team: 'a' },
        command: ['run', '${x}'],
        volumes: [
          { source: 'data', destination: '/data', read_only: true },
          { source: 'more', destination: '/more', read_only: false },
        ],
        memory_limit: '512M',
        cpu_limit: '1.0',
        replicas: 3,
      },
      {
        ...IMAGE,
        env: { LOG_LEVEL: 'info' },
        labels: { team: 'a' },
        command: ['run', '$${x}'],
        volumes: [
          { source: 'data', destination: '/data', readOnly: true },
          { source: 'more', destination: '/more' },
        ],
        resources: { memory: '512m', cpu: '1.0' },
      },
    ],
    [
      'with what is null or empty',
      { ...OWN, environment: null, labels: {}, command: [], memory_limit: '' },
      IMAGE,
    ],
  ])('%s', (_what, body, fields) => {
    expect(readCreateContainer(body)).toEqual({
      kind: 'valid',
      named: { name: 'echo' },
      fields: { ...fields, ...ECHO },
      secrets: [],
      unchanged: [],
      warnings: [],
    });
  });
});

const REQUIRED = (field: string) =>
  `Key: '${field}' Error:Field validation for '${field.split('.').at(-1)}' failed on the 'required' tag`;
const UNREADABLE = 'json: cannot unmarshal';
const FIELD = 'into Go struct field CreateContainerRequest';

test.each<[string, unknown, string]>([
  ['nothing', undefined, 'EOF'],
  ['a list', [], `${UNREADABLE} array into Go value of type models.CreateContainerRequest`],
  [
    'null',
    null,
    ['ServiceName', 'Image', 'Port']
      .map((field) => REQUIRED(`CreateContainerRequest.${field}`))
      .join('\n'),
  ],
  ['no image', { ...OWN, image: '' }, REQUIRED('CreateContainerRequest.Image')],
  ['port 0', { ...OWN, port: 0 }, REQUIRED('CreateContainerRequest.Port')],
  ['no name', { template: 'echo' }, REQUIRED('CreateContainerRequest.ServiceName')],
  ['a port too high', { ...OWN, port: 65_536 }, 'Port must be between 1 and 65535'],
  ['a port below', { ...OWN, port: -1 }, 'Port must be between 1 and 65535'],
  ['a port as text', { ...OWN, port: '1' }, `${UNREADABLE} string ${FIELD}.port of type int`],
  ['half a port', { ...OWN, port: 1.5 }, `${UNREADABLE} number ${FIELD}.port of type int`],
  [
    'a name that is a number',
    { ...OWN, service_name: 7 },
    `${UNREADABLE} number ${FIELD}.service_name of type string`,
  ],
  [
    'variables as a list',
    { ...OWN, environment: [] },
    `${UNREADABLE} array ${FIELD}.environment of type map[string]string`,
  ],
  [
    'a variable that is true',
    { ...OWN, environment: { A: true } },
    `${UNREADABLE} bool ${FIELD}.environment of type string`,
  ],
  [
    'a command as text',
    { ...OWN, command: 'run' },
    `${UNREADABLE} string ${FIELD}.command of type []string`,
  ],
  [
    'a volume without a place',
    { ...OWN, volumes: [{ source: 'a' }] },
    `${UNREADABLE} array ${FIELD}.volumes of type []models.VolumeMount`,
  ],
  [
    'memory that is no amount',
    { ...OWN, memory_limit: 'much' },
    'memory_limit must be an amount such as 512m or 512Mi',
  ],
  [
    'cores that are no amount',
    { ...OWN, cpu_limit: 'all' },
    'cpu_limit must be an amount such as 0.5 or 500m',
  ],
])('a body that creates a container with %s is refused', (_what, body, message) => {
  expect(readCreateContainer(body)).toEqual({ kind: 'invalid', message });
});

describe('a body that creates an instance', () => {
  const ids = { instance_id: 'i1', name: 'Shown', service_name: 'My Echo', workspace_id: 'w1' };
  const named = { name: 'My Echo', instanceId: 'i1', workspaceId: 'w1' };

  test.each<[string, object, object]>([
    ['with image and port', IMAGE, IMAGE],
    ['with a template', { template: 'echo' }, { template: 'echo' }],
    [
      'with all of its own',
      {
        ...IMAGE,
        command: ['run'],
        environment: { A: 'b' },
        resources: { requests: { cpu: '1' }, limits: { cpu: '500m', memory: '1Gi' } },
      },
      {
        ...IMAGE,
        command: ['run'],
        env: { A: 'b' },
        resources: { cpu: '500m', memory: '1Gi' },
      },
    ],
    ['with a json_spec', { json_spec: IMAGE }, IMAGE],
    [
      'with a json_spec and its own',
      {
        port: 9000,
        environment: { A: 'own' },
        json_spec: { ...IMAGE, environment: { A: 'theirs', B: 'b' } },
      },
      { ...IMAGE, port: 9000, env: { A: 'own', B: 'b' } },
    ],
    [
      'of a remote server',
      { json_spec: { type: 'url', endpoint: 'https://x.test/mcp' } },
      { url: 'https://x.test/mcp' },
    ],
  ])('is read %s', (_what, body, fields) => {
    expect(readCreateInstance({ ...ids, ...body })).toEqual({
      kind: 'valid',
      named,
      fields: { ...fields, ...IDENTITY },
      secrets: [],
      unchanged: [],
      warnings: [],
    });
  });

  test.each([{ image: 'mcp/echo:latest' }, { json_spec: { image: 'mcp/echo:latest', port: 0 } }])(
    'without a port gets the default one, and is told: %j',
    (body) => {
      expect(readCreateInstance({ ...ids, ...body })).toMatchObject({
        fields: IMAGE,
        warnings: ['Port not specified, using default port 8000'],
      });
    },
  );

  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'EOF'],
    [
      'nothing in it',
      {},
      ['InstanceID', 'Name', 'ServiceName', 'Image', 'WorkspaceID'].map(REQUIRED).join('\n'),
    ],
    ['no image', ids, REQUIRED('Image')],
    [
      'an id that is a number',
      { ...ids, ...IMAGE, instance_id: 7 },
      `${UNREADABLE} number into Go struct field .instance_id of type string`,
    ],
    ['a port too high', { ...ids, ...IMAGE, port: 70_000 }, 'Port must be between 1 and 65535'],
    [
      'a json_spec that is wrong',
      { ...ids, json_spec: { port: 8000 } },
      'Invalid JSON spec: required field image is missing\nMissing or invalid image in json_spec',
    ],
    [
      'variables that are wrong beside good ones',
      { ...ids, environment: { A: 'b' }, json_spec: { ...IMAGE, environment: ['C=d'] } },
      'Invalid JSON spec: environment field must be an object',
    ],
    [
      'two sources',
      { ...ids, template: 'echo', json_spec: IMAGE },
      'template and json_spec cannot both be given',
    ],
  ])('with %s is refused', (_what, body, message) => {
    expect(readCreateInstance(body)).toEqual({ kind: 'invalid', message });
  });
});

describe('a body that updates an instance', () => {
  test('changes what it says, and nothing else', () => {
    const body = { image: 'a:2', port: 0, command: [], environment: { A: 'b', API_KEY: REDACTED } };

    expect(readUpdateInstance(body)).toEqual({
      kind: 'valid',
      fields: { image: 'a:2', env: { A: 'b', API_KEY: REDACTED } },
      secrets: [],
      unchanged: [{ field: 'env', name: 'API_KEY' }],
      warnings: [],
    });
    expect(readUpdateInstance({})).toMatchObject({ kind: 'valid', fields: {} });
  });

  test('may change everything', () => {
    const resources = { limits: { memory: '1Gi' } };
    const body = { port: 9000, command: ['run'], environment: { API_KEY: 'hunter2' }, resources };

    expect(readUpdateInstance(body)).toMatchObject({
      fields: { port: 9000, command: ['run'], resources: { memory: '1Gi' } },
      secrets: [{ field: 'env', name: 'API_KEY' }],
    });
  });

  test('with a port that is none is refused', () => {
    expect(readUpdateInstance({ port: 65_536 })).toEqual({
      kind: 'invalid',
      message: 'Port must be between 1 and 65535',
    });
  });
});

test('any body whatever throws nothing, and no message repeats what it holds', () => {
  const keys = fc.constantFrom(
    ...'instance_id name service_name workspace_id template image port command environment labels volumes resources json_spec memory_limit cpu_limit'.split(
      ' ',
    ),
  );
  const values = fc.oneof(fc.jsonValue(), fc.constant('hunter2-planted'), fc.constant(8000));
  const bodies = fc.oneof(fc.anything(), fc.dictionary(keys, values));
  fc.assert(
    fc.property(bodies, (body) => {
      for (const read of [readCreateContainer, readCreateInstance, readUpdateInstance]) {
        const reading = read(body);
        const message = reading.kind === 'invalid' ? reading.message : '';
        expect(message).not.toContain('hunter2');
      }
    }),
  );
});
