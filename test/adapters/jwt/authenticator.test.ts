import { createServer, type ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { expect, onTestFinished, test, vi } from 'vitest';
import { formatIdentity } from '../../../src/model/access.ts';
import { openJwtAuthenticator, type JwtOptions } from '../../../src/adapters/jwt/authenticator.ts';

const ISSUER = 'https://id.example.org';
const ENDLESS = 'never';

/** An issuer on loopback whose keys can be replaced, or not be had. */
async function openIssuer(options: Partial<JwtOptions> = {}) {
  let keys: unknown[] = [];
  let asked = 0;
  let answer = (response: ServerResponse): void => void response.end(JSON.stringify({ keys }));
  const server = createServer((_request, response) => {
    asked += 1;
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;

  async function rotate(kid: string) {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    keys = [{ ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' }];
    return (claims: JWTPayload = {}, expires: string | number = '5m') => {
      const token = new SignJWT({ roles: ['read'], ...claims })
        .setProtectedHeader({ alg: 'ES256', kid })
        .setIssuer(claims.iss ?? ISSUER)
        .setAudience(claims.aud ?? 'mcp-manager')
        .setSubject(claims.sub ?? 'ada');
      return (expires === ENDLESS ? token : token.setExpirationTime(expires)).sign(privateKey);
    };
  }
  const authenticator = openJwtAuthenticator({
    issuer: ISSUER,
    audience: 'mcp-manager',
    keysUrl: `http://127.0.0.1:${port}/keys`,
    roleClaim: 'roles',
    coolDownMs: 0,
    ...options,
  });
  return {
    authenticator,
    sign: await rotate('first'),
    rotate,
    asked: () => asked,
    /** From now on. */
    answerWith(how: (response: ServerResponse) => void) {
      answer = how;
    },
  };
}

test('a signed token is known, with its role and until it expires', async () => {
  const { authenticator, sign } = await openIssuer();
  const token = await sign({ roles: ['offline', 'read', 'admin'], preferred_username: 'Ada' });
  expect(await authenticator.authenticate(token)).toEqual({
    kind: 'known',
    identity: {
      kind: 'oidc',
      id: 'ada',
      name: 'Ada',
      role: 'admin',
      expiresAtMs: expect.any(Number),
    },
  });
  expect(authenticator.troubles()).toEqual([]);
});

test.each([
  ['another issuer', { iss: 'https://evil.example.org' }],
  ['another audience', { aud: 'somebody-else' }],
])('a token of %s is not known', async (_what, claims) => {
  const { authenticator, sign } = await openIssuer();
  expect(await authenticator.authenticate(await sign(claims))).toEqual({ kind: 'unknown' });
});

test('clocks may differ by a minute and no more', async () => {
  const { authenticator, sign } = await openIssuer();
  const nowS = Math.floor(Date.now() / 1000);
  expect(await authenticator.authenticate(await sign({}, nowS - 30))).toMatchObject({
    kind: 'known',
  });
  expect(await authenticator.authenticate(await sign({}, nowS - 90))).toEqual({ kind: 'expired' });
});

test('what is signed by nobody, by a shared secret or by a stranger is not known', async () => {
  const { authenticator, sign } = await openIssuer();
  const claims = { roles: ['admin'], sub: 'a', iss: ISSUER, aud: 'mcp-manager' };
  const unsigned = new UnsecuredJWT(claims).setExpirationTime('5m').encode();
  const shared = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', kid: 'first' })
    .setExpirationTime('5m')
    .sign(new TextEncoder().encode('a secret that is long enough for it'));
  const stranger = await (await openIssuer()).sign();
  const [head, , signature] = (await sign()).split('.');
  const payload = Buffer.from(JSON.stringify({ ...claims, exp: 9_999_999_999 }));
  const forged = [head, payload.toString('base64url'), signature].join('.');
  for (const token of [unsigned, shared, stranger, forged, 'a.b.c', 'x'.repeat(8_000)]) {
    expect(await authenticator.authenticate(token)).toEqual({ kind: 'unknown' });
  }
});

test('a token without an end is not known', async () => {
  const { authenticator, sign } = await openIssuer();
  expect(await authenticator.authenticate(await sign({}, ENDLESS))).toEqual({ kind: 'unknown' });
});

test('new keys are asked for when a token names one, and old ones are worth nothing then', async () => {
  const { authenticator, sign, rotate } = await openIssuer();
  const old = await sign();
  expect(await authenticator.authenticate(old)).toMatchObject({ kind: 'known' });
  const signNew = await rotate('second');
  expect(await authenticator.authenticate(await signNew())).toMatchObject({ kind: 'known' });
  expect(await authenticator.authenticate(old)).toEqual({ kind: 'unknown' });
});

test('tokens of unknown keys do not make it ask again and again', async () => {
  const { authenticator, sign, asked } = await openIssuer({ coolDownMs: 60_000 });
  const stranger = await (await (await openIssuer()).rotate('other'))();
  await authenticator.authenticate(await sign());
  for (let count = 0; count < 20; count += 1) await authenticator.authenticate(stranger);
  expect(asked()).toBe(1);
});

test.each([
  ['fail', (response: ServerResponse) => void response.writeHead(500).end()],
  ['are no JSON', (response: ServerResponse) => void response.end('<html>')],
  [
    'are elsewhere',
    (response: ServerResponse) => void response.writeHead(302, { location: '/x' }).end(),
  ],
  ['break off', (response: ServerResponse) => void response.destroy()],
])(
  'while the keys %s nobody is let in, it is told, and the issuer is not asked again',
  async (_what, how) => {
    const { authenticator, sign, asked, answerWith } = await openIssuer({ coolDownMs: 60_000 });
    answerWith(how);
    for (let count = 0; count < 5; count += 1) {
      expect(await authenticator.authenticate(await sign())).toMatchObject({ kind: 'unavailable' });
    }
    expect(authenticator.troubles().join()).toContain('cannot be read');
    expect(asked()).toBe(1);
  },
);

test('keys that were there stay good while the issuer is away', async () => {
  const { authenticator, sign, rotate, answerWith } = await openIssuer();
  const token = await sign();
  expect(await authenticator.authenticate(token)).toMatchObject({ kind: 'known' });
  answerWith((response) => void response.destroy());
  const other = await (await rotate('second'))();
  expect(await authenticator.authenticate(other)).toMatchObject({ kind: 'unavailable' });
  expect(await authenticator.authenticate(token)).toMatchObject({ kind: 'known' });
});

test('while the issuer is away, who has a key that is not known yet is not called unknown', async () => {
  const { authenticator, sign, rotate, answerWith } = await openIssuer({ coolDownMs: 60_000 });
  await authenticator.authenticate(await sign());
  const signNew = await rotate('second');
  answerWith((response) => void response.destroy());
  // The keys may be asked for again.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
  onTestFinished(() => void vi.useRealTimers());
  for (let count = 0; count < 3; count += 1)
    expect(await authenticator.authenticate(await signNew())).toMatchObject({
      kind: 'unavailable',
    });
});

test.each([
  ['without a role', { roles: [] }, 'roles names no role'],
  ['with a role of somebody else', { roles: 'owner' }, 'roles names no role'],
  ['without a workspace', {}, 'workspace names no workspace'],
  ['with a workspace that is no name', { workspace: ['w1'] }, 'workspace names no workspace'],
])('a token %s has no rights', async (_what, claims, cause) => {
  const { authenticator, sign } = await openIssuer({ workspaceClaim: 'workspace' });
  expect(await authenticator.authenticate(await sign(claims))).toEqual({
    kind: 'powerless',
    cause: `its claim ${cause}`,
  });
});

test('role and workspace may lie deeper', async () => {
  const { authenticator, sign } = await openIssuer({
    roleClaim: 'realm_access.roles',
    workspaceClaim: 'https://example.org/workspace',
  });
  const claims = { realm_access: { roles: ['write'] }, 'https://example.org/workspace': 'w1' };
  expect(await authenticator.authenticate(await sign(claims))).toMatchObject({
    kind: 'known',
    identity: { role: 'write', workspace: 'w1' },
  });
});

test('keys without end are not read to their end, and let nobody in', async () => {
  const { authenticator, sign, answerWith } = await openIssuer();
  let sent = 0;
  answerWith((response) => {
    const chunk = 'x'.repeat(256 * 1024);
    const more = (): void => {
      sent += chunk.length;
      if (response.write(chunk)) setImmediate(more);
      else response.once('drain', more);
    };
    response.write('{"keys":[],"filler":"');
    more();
  });
  const answer = await authenticator.authenticate(await sign());
  expect(answer).toMatchObject({
    kind: 'unavailable',
    cause: expect.stringContaining('more than 1048576 bytes'),
  });
  expect(sent).toBeLessThan(16 * 1024 * 1024);
});

test('who takes the name of somebody else at the issuer is still told apart, and steers no terminal', async () => {
  const { authenticator, sign } = await openIssuer();
  const token = await sign({ sub: 'mallory', preferred_username: 'a\u001b[2Jda\n' });
  const answer = await authenticator.authenticate(token);
  if (answer.kind !== 'known') throw new Error(answer.kind);
  expect(formatIdentity(answer.identity)).toBe('oidc:mallory [a[2Jda]');
});
