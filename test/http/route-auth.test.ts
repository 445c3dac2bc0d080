import { expect, onTestFinished, test } from 'vitest';
import type { NewToken } from '../../src/access-ports.ts';
import { createApp } from '../../src/http/app.ts';
import type { AuditEntry } from '../../src/model/audit.ts';
import { formatAuthQuestion } from '../../src/model/router-program.ts';
import type { AuthNeeds } from '../../src/model/route.ts';
import { eventually } from '../helpers/eventually.ts';
import { createFakeControl } from './fake-control.ts';
import { BASE_URL, serveGuarded } from './guarded-app.ts';

const METADATA = `${BASE_URL}/.well-known/oauth-protected-resource/mcp/echo`;
const ECHO = { slug: 'echo', service: 'echo' };
const OWNER = { role: 'admin', workspace: 'w1' } as const;

const TABLE: readonly (readonly [who: Partial<NewToken>, needs: AuthNeeds, status: number])[] = [
  [{ role: 'read' }, { role: 'read' }, 200],
  [{ role: 'read' }, { role: 'write' }, 403],
  [{ role: 'write' }, { role: 'write' }, 200],
  [{ role: 'write' }, { role: 'admin' }, 403],
  [{ role: 'admin' }, { role: 'read', workspace: 'w1' }, 200],
  [OWNER, { role: 'read', workspace: 'w1' }, 200],
  [OWNER, { role: 'read', workspace: 'w2' }, 403],
  [OWNER, { role: 'read' }, 403],
  [{ role: 'admin' }, { role: 'read', tokens: ['0123456789ab'] }, 403],
  [{ role: 'admin', expiresAtMs: 1 }, { role: 'read' }, 401],
];

test.each(TABLE)(
  'a token %o, where a route needs %o, is answered %i',
  async (who, needs, status) => {
    const served = await serveGuarded();
    const token = await served.makeToken(who);
    const answer = await served.ask(formatAuthQuestion(ECHO, needs), token);
    expect(answer.status).toBe(status);
  },
);

test('a token that is named is let in, if its role is enough too', async () => {
  const { ask, tokens } = await serveGuarded();
  const { id, token } = await tokens.create({ name: 'ci', role: 'read' });
  const statusFor = async (needs: AuthNeeds): Promise<number> =>
    (await ask(formatAuthQuestion(ECHO, needs), token)).status;
  expect(await statusFor({ role: 'read', tokens: ['0123456789ab', id] })).toBe(200);
  expect(await statusFor({ role: 'write', tokens: [id] })).toBe(403);
});

test('whom an issuer calls by the id of a token is not that token', async () => {
  const identity = { kind: 'oidc', id: '0123456789ab', name: 'x', role: 'admin' } as const;
  const authenticator = {
    authenticate: async () => ({ kind: 'known', identity }) as const,
    troubles: () => [],
  };
  const routeAuth = { authenticator, baseUrl: BASE_URL };
  const app = createApp({ control: createFakeControl(), log: console, version: '1', routeAuth });
  onTestFinished(async () => {
    await app.close();
  });
  const statusFor = async (needs: AuthNeeds): Promise<number> => {
    const headers = { authorization: 'Bearer x' };
    return (await app.inject({ url: formatAuthQuestion(ECHO, needs), headers })).statusCode;
  };
  expect(await statusFor({ role: 'read' })).toBe(200);
  expect(await statusFor({ role: 'read', tokens: [identity.id] })).toBe(403);
});

test('who is refused learns how to get in, and it is told in the audit', async () => {
  const { ask, audited, makeToken } = await serveGuarded();
  const question = formatAuthQuestion(ECHO, { role: 'write' });
  const challengeFor = async (token?: string): Promise<string | null> =>
    (await ask(question, token, { headers: { 'x-forwarded-for': '10.1.2.3' } })).headers.get(
      'www-authenticate',
    );
  const metadata = `resource_metadata="${METADATA}"`;
  expect(await challengeFor()).toBe(`Bearer realm="mcp-manager", ${metadata}`);
  expect(await challengeFor('nonsense')).toBe(
    `Bearer realm="mcp-manager", error="invalid_token", ${metadata}`,
  );
  expect(await challengeFor(await makeToken({ name: 'ci', role: 'read' }))).toBe(
    `Bearer realm="mcp-manager", error="insufficient_scope", scope="write", ${metadata}`,
  );
  expect(audited).toHaveLength(3);
  const refused = { result: 'refused', from: '10.1.2.3', by: '127.0.0.1', route: '/v1/auth' };
  for (const entry of audited) expect(entry).toMatchObject({ ...refused, service: 'echo' });
  expect(audited.map(({ who }) => who)).toEqual(['nobody', 'nobody', 'token:ci']);
});

test('over the local socket it is told of whose token it is too, and not of the router that asks', async () => {
  const { authenticator, makeToken } = await serveGuarded();
  const audited: AuditEntry[] = [];
  const app = createApp({
    control: createFakeControl(),
    log: console,
    version: '1',
    routeAuth: { authenticator, baseUrl: BASE_URL },
    audit: (entry) => void audited.push(entry),
  });
  onTestFinished(() => app.close());
  const route = { slug: 'echo-1a2b3c4d', service: 'echo' };
  const url = formatAuthQuestion(route, { role: 'write' });
  for (const token of ['nonsense', await makeToken({ name: 'ci', role: 'read' })])
    await app.inject({ url, headers: { authorization: `Bearer ${token}` } });
  await eventually(() => expect(audited).toHaveLength(2));
  expect(audited).toMatchObject([
    { who: 'nobody', service: 'echo', status: 401 },
    { who: 'token:ci', service: 'echo', status: 403 },
  ]);
});

test('a client without a token is led to the issuer', async () => {
  const { ask } = await serveGuarded();
  const answer = await ask(new URL(METADATA).pathname);
  expect(await answer.json()).toMatchObject({
    resource: `${BASE_URL}/mcp/echo`,
    authorization_servers: ['https://id.example.org'],
  });
});

test('services are checked also where the API asks for no token', async () => {
  const { ask, makeToken } = await serveGuarded({ isOff: true });
  const question = formatAuthQuestion(ECHO, { role: 'write' });
  expect((await ask(question)).status).toBe(401);
  expect((await ask(question, await makeToken({ role: 'read' }))).status).toBe(403);
  expect((await ask(question, await makeToken({ role: 'write' }))).status).toBe(200);
});

test('a question that leaves out the role, or asks for one that is none, is never answered with yes', async () => {
  const { ask, makeToken } = await serveGuarded();
  const token = await makeToken({ role: 'admin' });
  for (const query of [
    '',
    '?slug=echo',
    '?slug=echo&role=none',
    '?role=read',
    '?slug=e&role=read&role=admin',
  ])
    expect((await ask(`/v1/auth${query}`, token)).status, query).toBe(400);
});
