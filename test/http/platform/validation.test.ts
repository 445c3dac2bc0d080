import { expect, test } from 'vitest';
import type { Control } from '../../../src/control.ts';
import { AppError } from '../../../src/errors.ts';
import { someDeclared } from '../fake-control.ts';
import { openPlatform, someService } from './open-platform.ts';

const CORE = {
  instance_id: 'validation-check',
  name: 'validation-test',
  json_spec: { image: 'mcp/echo:latest', port: 8000 },
  dry_run: true,
};

test('a spec is held against the documents and the image is looked for; nothing is written', async () => {
  const { ask, calls } = openPlatform();
  expect(await ask('POST /containers/validate', CORE)).toEqual({
    status: 200,
    body: {
      valid: true,
      errors: [],
      warnings: [],
      image_exists: true,
      can_pull: true,
      estimated_size: '1234 bytes',
      timestamp: expect.any(String),
    },
  });
  expect(calls).toMatchObject([['declare', { dryRun: true }]]);
});

test('what documents do not take is no valid spec', async () => {
  const place = { file: 'api/x.yaml', line: 1, column: 1, code: 'REFUSED_BY_POLICY' };
  const problems = [{ ...place, message: 'image mcp/echo:latest is not allowed' }];
  const notAllowed = new AppError('DOCUMENT_INVALID', 'x', { problems });
  const { ask, lookedFor } = openLooking({ declare: () => Promise.reject(notAllowed) });
  const { status, body } = await ask('POST /containers/validate', CORE);
  expect([status, body]).toMatchObject([
    200,
    { valid: false, errors: ['image mcp/echo:latest is not allowed'] },
  ]);
  // Looking for it would ask a registry that nobody allowed.
  expect(lookedFor).toEqual([]);
});

test.each([
  [undefined, { valid: true, image_exists: true, can_pull: true }, ['mcp/echo:latest']],
  ['not allowed', { valid: false, errors: ['not allowed'], image_exists: false }, []],
])(
  'a spec under the name of a service of core is held against the policy too (%s)',
  async (message, verdict, images) => {
    const place = { file: 'core/x.yaml', line: 1, column: 1, code: 'REFUSED_BY_POLICY' };
    const { ask, lookedFor, calls } = openLooking({
      declared: async () => ({ ...someDeclared(), origin: 'core' }),
      async declare({ origin }) {
        if (origin === 'api') throw new AppError('DECLARED_ELSEWHERE', 'x');
        if (message === undefined) return { kind: 'changed' };
        throw new AppError('DOCUMENT_INVALID', 'x', { problems: [{ ...place, message }] });
      },
    });
    expect((await ask('POST /containers/validate', CORE)).body).toMatchObject(verdict);
    expect(lookedFor).toEqual(images);
    expect(calls.at(-1)).toMatchObject(['declare', { origin: 'core', dryRun: true }]);
  },
);

test('a name that belongs to people is no name for a container, and its image is not looked for', async () => {
  const message = 'mine belongs to people: a.yaml:3';
  const { ask, lookedFor } = openLooking({
    declared: async () => ({ ...someDeclared(), origin: 'file' }),
    declare: () => Promise.reject(new AppError('DECLARED_ELSEWHERE', message)),
  });
  const { body } = await ask('POST /containers/validate', CORE);
  expect(body).toMatchObject({ valid: false, errors: [message], image_exists: false });
  expect(lookedFor).toEqual([]);
});

/** Notes for which images was looked. */
function openLooking(control: Partial<Control>) {
  const lookedFor: string[] = [];
  const image = async (name: string) => {
    lookedFor.push(name);
    return { image: name, exists: true, canPull: true };
  };
  return { ...openPlatform({ control, inspection: { image } }), lookedFor };
}

test('an image that nobody has, and one that will be pulled, are told apart', async () => {
  expect(await validateMissing(false)).toMatchObject({
    valid: false,
    errors: ['Image mcp/echo:latest does not exist locally and cannot be pulled'],
  });
  expect(await validateMissing(true)).toMatchObject({
    valid: true,
    warnings: ['Image mcp/echo:latest will be pulled during container creation'],
  });
});

async function validateMissing(canPull: boolean) {
  const image = async (name: string) => ({ image: name, exists: false, canPull });
  const { ask } = openPlatform({ inspection: { image } });
  return (await ask('POST /containers/validate', CORE)).body;
}

test('the limit is told in the words of the platform', async () => {
  const details = [someService('one', { origin: 'api' }), someService('two', { origin: 'file' })];
  const { ask } = openPlatform({ details, limit: { most: 2 } });
  expect((await ask('POST /containers/validate', CORE)).body).toMatchObject({
    valid: false,
    errors: ['Container limit reached: 2/2'],
  });
});

test('an engine that does not answer is 503, and no verdict', async () => {
  const away = new AppError('RUNTIME_UNAVAILABLE', 'the engine is away');
  const { ask } = openPlatform({ inspection: { image: () => Promise.reject(away) } });
  expect(await ask('POST /containers/validate', CORE)).toMatchObject({
    status: 503,
    body: { error: 'validation_failed', code: 503 },
  });
});

test.each([
  'POST /containers',
  'POST /instances',
  'POST /containers/validate',
  'POST /instances/validate',
])('%s without a body is the end of what could be read', async (route) => {
  const { ask } = openPlatform();
  expect((await ask(route)).body).toMatchObject({ error: 'invalid_request', message: 'EOF' });
});
