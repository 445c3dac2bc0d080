import { expect, test } from 'vitest';
import { AppError } from '../../../src/errors.ts';
import { serveMemoryManager } from '../../helpers/memory-manager.ts';
import { openPlatform } from './open-platform.ts';

async function open() {
  const { url, files } = await serveMemoryManager();
  const post = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    const response = await fetch(`${url}${path}`, init);
    const answer: Readonly<Record<string, unknown>> = Object(await response.json());
    return { status: response.status, answer };
  };
  return { post, files };
}

const SPEC = { image: 'mcp/echo:latest', port: 8000 };

test.each(['a\u0000b', 'a\nb', 'a\ud800b'])(
  'a name that no label can hold, %j, is refused',
  async (name) => {
    const { post, files } = await open();
    const before = await files();
    const bodies = [
      ['/containers', { service_name: name, ...SPEC }],
      ['/instances', { instance_id: 'i', name, service_name: name, workspace_id: 'w', ...SPEC }],
      [
        '/instances',
        { instance_id: name, name: 'n', service_name: 'n', workspace_id: 'w', ...SPEC },
      ],
      [
        '/instances',
        { instance_id: 'i', name: 'n', service_name: 'n', workspace_id: name, ...SPEC },
      ],
    ] as const;
    for (const [path, body] of bodies) {
      const { status, answer } = await post(path, body);
      expect([status, answer['error'], answer['message']]).toEqual([
        400,
        'invalid_request',
        expect.stringContaining('platform.'),
      ]);
    }
    expect(await files()).toEqual(before);
  },
);

test('a name in any letters is taken', async () => {
  const { post } = await open();
  expect((await post('/containers', { service_name: 'Häuser 🏠', ...SPEC })).status).toBe(201);
});

test('a json_spec is judged without a name', async () => {
  const { post } = await open();
  const { answer } = await post('/containers/validate', { json_spec: SPEC });
  // The memory runtime has no images.
  expect(answer['errors']).toEqual([
    'Image mcp/echo:latest does not exist locally and cannot be pulled',
  ]);
});

test('the limit is told to the letter', async () => {
  const { ask } = openPlatform({ control: { declare: refuse } });
  expect(await ask('POST /containers', { service_name: 'new', ...SPEC })).toEqual({
    status: 403,
    body: {
      error: 'container_creation_failed',
      code: 403,
      message: 'maximum container limit reached (50)',
    },
  });
});

async function refuse(): Promise<never> {
  const hint = 'delete another one';
  throw new AppError('LIMIT_REACHED', 'maximum container limit reached (50)', { hint });
}
