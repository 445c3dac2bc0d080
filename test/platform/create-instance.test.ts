import { describe, expect, test } from 'vitest';
import { readCreateInstance } from '../../src/platform/create-instance.ts';
import { IDENTITY, IMAGE } from './json-specs.ts';
import { requiredText, UNREADABLE } from './request-words.ts';

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
      ['InstanceID', 'Name', 'ServiceName', 'Image', 'WorkspaceID'].map(requiredText).join('\n'),
    ],
    ['no image', ids, requiredText('Image')],
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
