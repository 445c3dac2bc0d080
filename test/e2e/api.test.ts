import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { createWorkplace, TINY, tiny, type Workplace } from '../helpers/manager.ts';
import type { StartedProgram } from '../helpers/started-program.ts';

const run = promisify(execFile);
/** So long a line of the page may take on a busy machine; an apply waits for a whole rollout. */
const LINE_MS = 60_000;

/** Where a manager asks for a token on loopback too. */
function createPlace(environment: Readonly<Record<string, string>> = {}): Workplace {
  return createWorkplace(onTestFinished, { environment: { AUTH_MODE: 'on', ...environment } });
}

/** Calls the API of a manager that runs, with the token of its first start. */
async function toClient(place: Workplace, manager: StartedProgram) {
  await manager.said(/The API is at/);
  const [, url = ''] = /The API is at (http:\/\/[^;\s]+[^;\s.])/.exec(manager.stdout()) ?? [];
  const token = readFileSync(join(place.stateFolder, 'admin-token'), 'utf8').trim();
  const ask = async (method: string, path: string, { headers, body }: AskOptions = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, body: await response.text() };
  };
  return { url, token, ask };
}

async function open(place: Workplace) {
  const manager = await place.run();
  return { manager, ...(await toClient(place, manager)) };
}

interface AskOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

test('every line of the page about the API works, in its order', async () => {
  const place = createPlace();
  place.environment['TEMPLATES_DIR'] = writeTemplates(place);
  place.declare('a.yaml', {});
  const { manager, url, token } = await open(place);
  const blocks = [...readFileSync('docs/api.md', 'utf8').matchAll(/```sh\n([^]*?)```/g)];
  const lines = blocks.flatMap(([, text = '']) => text.trim().split('\n')).slice(1);
  expect(lines.length).toBeGreaterThan(30);
  const head =
    'api() { curl --silent --show-error --write-out "\\n%{http_code}" --header "Authorization: Bearer $TOKEN" --header "Content-Type: application/json" "$@"; }\n';
  let plan = '';
  for (const line of lines) {
    const env = { PATH: process.env['PATH'] ?? '', URL: url, TOKEN: token, PLAN: plan };
    const script = line.startsWith('PLAN=') ? `${line}\nprintf '%s\\n200' "$PLAN"` : line;
    const { stdout } = await run('sh', ['-c', head + script], { env, timeout: LINE_MS });
    const [, answer = '', status = ''] = /^([^]*)\n(\d{3})$/.exec(stdout) ?? [];
    expect([line, status, answer]).toEqual([line, expect.stringMatching(/^2/), answer]);
    if (line.startsWith('PLAN=')) [plan = ''] = answer.split('\n');
    if (line.includes('PUT $URL/v1/services/echo ')) await manager.until({ echo: 'Running' });
    if (/\/(restart|unpause|start) *$/.test(line)) await manager.until({ echo: 'Running' });
  }
});

test('what the API writes, a person may edit; who read before that is told', async () => {
  const place = createPlace({ ALLOW_HOST_COMMANDS: 'true' });
  place.declare('a.yaml', {});
  const { manager, ask } = await open(place);
  const put = await ask('PUT', '/v1/services/echo', { body: tiny() });
  expect(put.status).toBe(201);
  await manager.until({ echo: 'Running' });
  const file = place.path('api/echo.yaml');
  place.write('api/echo.yaml', `${readFileSync(file, 'utf8')}    power: off # by hand\n`);
  await manager.until({ echo: 'Stopped' });
  const told = await ask('GET', '/v1/events?type=document');
  expect(told.body.match(/"file":"api\/echo.yaml"/g)).toHaveLength(1);
  const headers = { 'if-match': put.headers.get('etag') ?? '' };
  const late = await ask('PATCH', '/v1/services/echo', { headers, body: { labels: { a: 'b' } } });
  expect([late.status, JSON.parse(late.body).code]).toEqual([412, 'PRECONDITION_FAILED']);
  const patched = await ask('PATCH', '/v1/services/echo', { body: { labels: { a: 'b' } } });
  expect(patched.status).toBe(200);
  expect(readFileSync(file, 'utf8')).toContain('power: off # by hand');
});

test('an answer is given again after the manager was killed, and a service is made once', async () => {
  const place = createPlace({ ALLOW_HOST_COMMANDS: 'true' });
  place.declare('a.yaml', {});
  const first = await open(place);
  const wish = { headers: { 'idempotency-key': 'k-1' }, body: tiny() };
  const made = await first.ask('PUT', '/v1/services/echo', wish);
  expect(made.status).toBe(201);
  first.manager.kill('SIGKILL');
  await first.manager.exited;
  const second = await open(place);
  const again = await second.ask('PUT', '/v1/services/echo', wish);
  expect([again.status, again.body]).toEqual([201, made.body]);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
});

test.each([
  ['full', 'mount -t tmpfs -o size=64k none $API', 'ENOSPC'],
  ['read-only', 'mount --bind $API $API && mount -o remount,ro,bind $API', 'EROFS'],
])('a folder that is %s is told, and nothing of a write is left', async (_how, mount, cause) => {
  const place = createPlace({ ALLOW_HOST_COMMANDS: 'true' });
  place.declare('a.yaml', {});
  place.write('api/.keep', '');
  const script = `API=${place.path('api')}; ${mount} && exec "$@"`;
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const prefix = ['unshare', ...user, '--mount', 'sh', '-c', script, 'sh'];
  const manager = place.startIn(prefix, 'run', '--runtime', 'process');
  const { ask } = await toClient(place, manager);
  const folder = `/proc/${String(manager.pid)}/root${place.path('api')}`;
  const before = readdirSync(folder);

  const body = tiny([], { env: { LONG: 'x'.repeat(100_000) } });
  const refused = await ask('PUT', '/v1/services/large', { body });
  expect([refused.status, refused.body]).toEqual([503, expect.stringContaining(cause)]);
  expect(JSON.parse(refused.body)).toMatchObject({ code: 'STATE_UNWRITABLE' });
  expect(readdirSync(folder)).toEqual(before);
  expect((await ask('GET', '/v1/services/large/document')).status).toBe(404);
  const small = await ask('PUT', '/v1/services/small', { body: tiny() });
  expect(small.status).toBe(cause === 'ENOSPC' ? 201 : 503);
  expect((await manager.end()).code).toBe(0);
});

test('while the folder of documents is gone nothing is written, and once it is back all goes on', async () => {
  const place = createPlace({ ALLOW_HOST_COMMANDS: 'true' });
  place.declare('a.yaml', { mine: tiny() });
  const { manager, ask } = await open(place);
  await manager.until({ mine: 'Running' });
  const desired = join(place.folder, 'desired');
  renameSync(desired, `${desired}.away`);
  const refused = await ask('PUT', '/v1/services/echo', { body: tiny() });
  expect([refused.status, JSON.parse(refused.body).code]).toEqual([503, 'DOCUMENTS_UNREADABLE']);
  expect(existsSync(desired)).toBe(false);
  renameSync(`${desired}.away`, desired);
  expect((await ask('PUT', '/v1/services/echo', { body: tiny() })).status).toBe(201);
  await manager.until({ mine: 'Running', echo: 'Running' });
});

/** A template whose command an operator wrote: it may run for services of the API. */
function writeTemplates({ folder }: Workplace): string {
  const templates = join(folder, 'templates');
  mkdirSync(templates);
  const overlay = { command: ['node', TINY] };
  const echo = { image: 'mcp/echo:latest', environments: { process: overlay } };
  writeFileSync(join(templates, 'echo.json'), JSON.stringify(echo));
  return templates;
}
