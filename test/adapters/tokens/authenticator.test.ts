import { chmod, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import type { NewToken } from '../../../src/access-ports.ts';
import { openTokenAuthenticator } from '../../../src/adapters/tokens/authenticator.ts';
import { openTokenFile } from '../../../src/adapters/tokens/token-file.ts';
import type { Log } from '../../../src/ports.ts';
import { eventually } from '../../helpers/eventually.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';

const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} };

async function open() {
  const path = join(await createTempFolder(), 'tokens.json');
  let nowMs = Date.UTC(2026, 0, 1);
  const clock = (): number => nowMs;
  const tokens = openTokenFile({ path, clock });
  return {
    path,
    tokens,
    clock,
    pass: (ms: number) => void (nowMs += ms),
    authenticator: openTokenAuthenticator({ path, clock, mayBeAbsent: false, log: quiet }),
    make: (wanted: Partial<NewToken> = {}) =>
      tokens.create({ name: 'ci', role: 'read', ...wanted }),
  };
}

test('a token is known by all that was said of it', async () => {
  const { authenticator, make, clock } = await open();
  const expiresAtMs = clock() + 60_000;
  const { id, token } = await make({ role: 'write', workspace: 'w1', expiresAtMs });
  expect(await authenticator.authenticate(token)).toEqual({
    kind: 'known',
    identity: { kind: 'token', id, name: 'ci', role: 'write', workspace: 'w1', expiresAtMs },
  });
});

test('neither the file nor anything in it is the token', async () => {
  const { path, make, tokens } = await open();
  const { id, token } = await make();
  const text = await readFile(path, 'utf8');
  expect(text).toContain(id);
  expect(text).not.toContain(token.split('_').slice(2).join('_'));
  expect(JSON.stringify(await tokens.list())).not.toMatch(/hash|scrypt/);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test.each([
  ['nothing', () => ''],
  ['another secret', (token: string) => token.slice(0, -4) + 'AAAA'],
  ['another id', (token: string) => token.replace(/_[0-9a-f]{12}_/, '_0123456789ab_')],
  ['more', (token: string) => `${token}A`],
  ['other case', (token: string) => token.toUpperCase()],
  ['a great deal', () => 'a'.repeat(1_000_000)],
])('%s is not known', async (_what, change) => {
  const { authenticator, make } = await open();
  const { token } = await make();
  expect(await authenticator.authenticate(change(token))).toEqual({ kind: 'unknown' });
});

test('a token expires while it is in use', async () => {
  const { authenticator, make, clock, pass } = await open();
  const { token } = await make({ expiresAtMs: clock() + 1_000 });
  expect(await authenticator.authenticate(token)).toMatchObject({ kind: 'known' });
  pass(1_000);
  expect(await authenticator.authenticate(token)).toEqual({ kind: 'expired' });
});

test('a revoked token is soon not known, and the others stay', async () => {
  const { authenticator, make, tokens } = await open();
  const [kept, gone] = [await make(), await make()];
  expect(await authenticator.authenticate(gone.token)).toMatchObject({ kind: 'known' });
  expect(await tokens.revoke(gone.id)).toBe(true);
  expect(await tokens.revoke(gone.id)).toBe(false);
  await eventually(async () => {
    expect(await authenticator.authenticate(gone.token)).toEqual({ kind: 'unknown' });
  });
  expect(await authenticator.authenticate(kept.token)).toMatchObject({ kind: 'known' });
});

test('a token that is made while others are in use is known at once', async () => {
  const { authenticator, make } = await open();
  await authenticator.authenticate((await make()).token);
  expect(await authenticator.authenticate((await make()).token)).toMatchObject({ kind: 'known' });
});

test.each([
  ['no JSON', '{"tokens": ['],
  ['another form', '[]'],
  ['a token without its hash', '{"tokens":[{"id":"0123456789ab","name":"","role":"read"}]}'],
])('a file with %s leaves the old one in force, and is told', async (_what, text) => {
  const { authenticator, make, path, tokens } = await open();
  const { token } = await make();
  await authenticator.authenticate(token);
  const good = await readFile(path, 'utf8');
  await writeFile(path, text);
  await eventually(() => expect(authenticator.troubles().join()).toContain('cannot be used'));
  expect(await authenticator.authenticate(token)).toMatchObject({ kind: 'known' });
  await expect(tokens.create({ name: '', role: 'read' })).rejects.toThrow('cannot be used');
  expect(await readFile(path, 'utf8')).toBe(text);
  await writeFile(`${path}.new`, good);
  await rename(`${path}.new`, path);
  await eventually(() => expect(authenticator.troubles()).toEqual([]));
});

test('a file that everybody can write makes nobody known, and the way out is told', async () => {
  const { authenticator, make, path, tokens } = await open();
  const { token } = await make();
  await chmod(path, 0o602);
  expect(await authenticator.authenticate(token)).toEqual({ kind: 'unknown' });
  expect(authenticator.troubles().join()).toContain(`chmod o-w ${path}`);
  await expect(tokens.list()).rejects.toThrow(`chmod o-w ${path}`);
  await chmod(path, 0o660);
  await eventually(async () =>
    expect(await authenticator.authenticate(token)).toMatchObject({ kind: 'known' }),
  );
});

test('a scope that cannot be read never becomes no scope', async () => {
  const { authenticator, make, path } = await open();
  const { token } = await make({ workspace: 'w1' });
  await writeFile(path, (await readFile(path, 'utf8')).replace('"w1"', '7'));
  expect(await authenticator.authenticate(token)).toEqual({ kind: 'unknown' });
});

test('a file that is gone revokes all, and is told where somebody said that it is there', async () => {
  const { authenticator, make, path } = await open();
  const { token } = await make();
  await authenticator.authenticate(token);
  await rm(path);
  await eventually(async () => {
    expect(await authenticator.authenticate(token)).toEqual({ kind: 'unknown' });
  });
  expect(authenticator.troubles().join()).toContain('does not exist');
});

test('a flood of wrong tokens blocks nobody: it is bounded, and tokens in use go on', async () => {
  const { authenticator, make } = await open();
  const { token, id } = await make();
  await authenticator.authenticate(token);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const wrong = Array.from({ length: 1_000 }, (_, at) =>
    authenticator.authenticate(`mcpm_${id}_${String(at).padStart(43, 'A')}`),
  );
  expect(await authenticator.authenticate(token)).toMatchObject({ kind: 'known' });
  const kinds = (await Promise.all(wrong)).map(({ kind }) => kind);
  delay.disable();
  expect(kinds.filter((kind) => kind === 'unknown').length).toBeLessThanOrEqual(66);
  expect(kinds.filter((kind) => kind === 'unavailable').length).toBeGreaterThanOrEqual(934);
  // Compared on the event loop they would take two seconds at one go.
  expect(delay.max / 1e6).toBeLessThan(1_000);
});

test('the same token asked with at once a thousand times is compared once', async () => {
  const { authenticator, make } = await open();
  const { token } = await make();
  const answers = await Promise.all(
    Array.from({ length: 1_000 }, () => authenticator.authenticate(token)),
  );
  expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(['known']));
});

test('tokens that are made at once are all kept', async () => {
  const { make, tokens, authenticator } = await open();
  const made = await Promise.all(Array.from({ length: 5 }, () => make()));
  expect(await tokens.list()).toHaveLength(5);
  for (const { token } of made) {
    expect(await authenticator.authenticate(token)).toMatchObject({ kind: 'known' });
  }
});

test('a lock that a killed command left is named', async () => {
  const { make, path } = await open();
  await writeFile(`${path}.lock`, '');
  await expect(make()).rejects.toMatchObject({
    code: 'REFUSED',
    hint: `if none does any more, remove ${path}.lock`,
  });
});
