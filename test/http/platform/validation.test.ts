import { expect, test } from 'vitest';
import { AppError } from '../../../src/errors.ts';
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
  const { ask } = openPlatform({
    control: {
      declare: () => Promise.reject(new AppError('DOCUMENT_INVALID', 'x', { problems })),
    },
  });
  const { status, body } = await ask('POST /containers/validate', CORE);
  expect([status, body]).toMatchObject([
    200,
    { valid: false, errors: ['image mcp/echo:latest is not allowed'] },
  ]);
});

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
