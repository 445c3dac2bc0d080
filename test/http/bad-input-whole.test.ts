import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../src/http/app.ts';
import { listenOnPort } from '../../src/http/listen.ts';
import { ACCESS } from '../../src/model/access.ts';
import { startMemoryManager } from '../helpers/memory-manager.ts';

// Planted in what is sent: it may come back to who sent it, and stands in no log and no document.
const SECRET = 'planted-3f9a';

const DOCUMENT = `apiVersion: mcp-manager/v1
# a comment of a person
services:
  echo: { image: "docker.io/library/x:1", power: off }
`;

const ROUTES = Object.keys(ACCESS);
const WRITING = ROUTES.filter((route) => /^(?:POST|PUT|PATCH) /.test(route));
const NAMED = ROUTES.filter((route) => route.includes('/:'));
/** Whatever their body says, their path says what is to be done. */
const ACTING = /\/(?:start|stop|restart|pause|unpause|rollback)$/;

const logged: string[] = [];
const note = (...words: unknown[]): void => void logged.push(inspect(words, { depth: 10 }));

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { responses: object }>>>>;
}

let port = 0;
let files: () => Promise<Readonly<Record<string, string>>>;
let before: Readonly<Record<string, string>>;
let description: Description;

// What `beforeAll` begins cannot end with `afterAll` by itself.
const ends: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const end of ends.toReversed()) await end();
});

beforeAll(async () => {
  const log = { debug: note, info: note, warn: note, error: note };
  const documents = { 'people.yaml': DOCUMENT };
  const whole = await startMemoryManager({ atEnd: (end) => void ends.push(end), documents, log });
  const { control, inspection } = whole.manager;
  const platform = { inspection, startupMs: 100, limit: {} };
  const guard = { allowedHosts: [], corsOrigins: [], mostRequests: 1_000_000 };
  const app = createApp({ control, log, version: '1', guard, platform });
  ends.push(async () => {
    await app.close();
  });
  port = Number(new URL(await listenOnPort(app, { host: '127.0.0.1', port: 0 })).port);
  files = whole.files;
  before = await files();
  description = (await app.inject('/openapi.json')).json();
});

/** Files that are not as they were, and lines of the log that tell what nobody may read. */
async function harm(): Promise<readonly string[]> {
  const now = await files();
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  const changed = [...names].filter((name) => before[name] !== now[name]);
  return [...changed, ...logged.filter((line) => line.includes(SECRET))];
}

const to = (route: string, name: string): string => route.replace(/:\w+/, name);

/** The status; with the path as it is: neither `fetch` nor `inject` sends `..`. */
async function send(route: string, body?: string | Buffer): Promise<number> {
  const [method = '', path = ''] = route.split(' ');
  const headers = { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' };
  const asked = request({ host: '127.0.0.1', port, method, path, headers });
  const answered = once(asked, 'response');
  // Whoever sends far too much is cut off once the answer is there.
  asked.on('error', () => {});
  asked.end(body);
  const [response]: IncomingMessage[] = await answered;
  if (!response) throw new Error('no answer came');
  await text(response);
  return response.statusCode ?? 0;
}

function isDocumented(route: string, status: number): boolean {
  const [method = '', pattern = ''] = route.split(' ');
  const path = pattern.replaceAll(/:(\w+)/g, '{$1}');
  const { responses = {} } = description.paths[path]?.[method.toLowerCase()] ?? {};
  return status !== 500 && Object.hasOwn(responses, String(status));
}

const isRefusal = (status: number): boolean => status >= 400 && status < 500;

const nested = (levels: number): string => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);

test.each<readonly [string, string | Buffer]>([
  ['no JSON', `{"${SECRET}`],
  ['100,000 levels', nested(100_000)],
  ['40 levels', nested(40)],
  ['what is no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
])('no route takes a body of %s, and nothing is changed by it', async (_what, body) => {
  for (const route of WRITING) {
    expect([route, await send(to(route, 'echo'), body)]).toEqual([route, 400]);
  }
  expect(await harm()).toEqual([]);
});

test('no route takes a value of ten megabytes, and nothing is changed by it', async () => {
  const huge = JSON.stringify({ image: 'x'.repeat(10_000_000), planted: SECRET });
  const taken: unknown[] = [];
  for (const route of ROUTES.filter((one) => !one.startsWith('GET '))) {
    const status = await send(to(route, 'echo'), huge);
    if (!isRefusal(status) || !isDocumented(route, status)) taken.push([route, status]);
  }
  expect([taken, await harm()]).toEqual([[], []]);
});

// Of all routes.
const KEYS =
  'image service_name instance_id name template json_spec environment env documents plan command kind to tool container names with power labels resources service by wait'.split(
    ' ',
  );
const ofAll = (value: unknown) => JSON.stringify(Object.fromEntries(KEYS.map((k) => [k, value])));

test.each([
  ['lists where there are none', ofAll([{ [SECRET]: 1 }])],
  ['numbers where there are none', ofAll(-1)],
  ['unknown keys', `{"${SECRET}":1,"password":"${SECRET}"}`],
  ['a list', `["${SECRET}"]`],
  ['null', 'null'],
  ['nothing', ''],
])(
  'to a body of %s the answer is one of the contract, and changes nothing',
  async (_what, body) => {
    const wrong: unknown[] = [];
    for (const route of WRITING) {
      const status = await send(to(route, ACTING.test(route) ? 'nobody' : 'echo'), body);
      if (!isDocumented(route, status)) wrong.push([route, status]);
    }
    expect([wrong, await harm()]).toEqual([[], []]);
  },
);

test.each([
  ['a way up', '..'],
  ['a way up in signs', '%2e%2e'],
  ['a way to a file', '..%2f..%2fetc%2fpasswd'],
  ['a way to another service', 'x%2f..%2fecho'],
  ['a way as Windows has it', '%5c..%5cetc'],
  ['a zero', '%00'],
  ['the end of a line', 'a%0d%0aX-Evil:%201'],
  ['a wide letter', '%EF%BD%85cho'],
  ['a letter of another script', '%D0%B5cho'],
  ['a letter with a loose accent', 'e%CC%81cho'],
  ['300 characters', 'a'.repeat(300)],
  ['half a sign', '%zz'],
  ['no UTF-8', '%ff'],
  ['the name of a member of all maps', '__proto__'],
  ['an id that nobody has', 'nobody'],
])('%s for a name leads nowhere, and nothing is changed by it', async (_what, name) => {
  const taken: unknown[] = [];
  for (const route of NAMED) {
    const status = await send(to(route, name), bodyFor(route));
    if (!isRefusal(status)) taken.push([route, status]);
  }
  expect([taken, await harm()]).toEqual([[], []]);
});

/** As one would have it who means what is there already: a good one would declare something new. */
function bodyFor(route: string): string | undefined {
  if (/^(?:GET|DELETE) /.test(route)) return undefined;
  return route.startsWith('PUT ') ? `{"${SECRET}":1}` : '{}';
}
