import { describe, expect, test } from 'vitest';
import { readCreateContainer } from '../../src/platform/create-container.ts';
import { slugOf } from '../../src/platform/names.ts';
import { IMAGE } from './json-specs.ts';
import { requiredText, UNREADABLE } from './request-words.ts';

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
        replicas: 3,
      },
    ],
    [
      'with what is null or empty',
      { ...OWN, environment: null, labels: {}, command: [], memory_limit: '', replicas: 0 },
      IMAGE,
    ],
  ])('%s', (_what, body, fields) => {
    expect(readCreateContainer(body)).toEqual({
      kind: 'valid',
      named: { name: 'echo' },
      fields: { ...fields, ...ECHO },
      warnings: [],
    });
  });
});

const FIELD = 'into Go struct field CreateContainerRequest';

test.each<[string, unknown, string]>([
  ['nothing', undefined, 'EOF'],
  ['a list', [], `${UNREADABLE} array into Go value of type models.CreateContainerRequest`],
  [
    'null',
    null,
    ['ServiceName', 'Image', 'Port']
      .map((field) => requiredText(`CreateContainerRequest.${field}`))
      .join('\n'),
  ],
  ['no image', { ...OWN, image: '' }, requiredText('CreateContainerRequest.Image')],
  ['port 0', { ...OWN, port: 0 }, requiredText('CreateContainerRequest.Port')],
  ['no name', { template: 'echo' }, requiredText('CreateContainerRequest.ServiceName')],
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
    'a volume that is no map',
    { ...OWN, volumes: ['a:/b'] },
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

test.each([
  ['memory_limit', '512m', { memory: '512m' }],
  ['cpu_limit', '2', { cpu: '2' }],
])('one limit is enough: %s', (field, amount, resources) => {
  expect(readCreateContainer({ ...OWN, [field]: amount })).toMatchObject({ fields: { resources } });
});

test.each([1, 65_535])('port %d is one', (port) => {
  expect(readCreateContainer({ ...OWN, port })).toMatchObject({ fields: { port } });
});
