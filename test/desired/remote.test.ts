import { expect, test } from 'vitest';
import type { DesiredService } from '../../src/model/service.ts';
import { fleet, linesOf, memoryLoader, setOf } from './load-texts.ts';

function expand(service: string, template?: object): DesiredService {
  const templates = template && { 'search.json': JSON.stringify(template) };
  const desired = memoryLoader()(setOf({ 'a.yaml': fleet(`  a: ${service}\n`) }, templates));
  const [found] = desired.services;
  if (!found) throw new Error(linesOf(desired).join('\n'));
  return found;
}

test('a url is a service of its own runtime, with its path and its headers in one spelling', () => {
  const headers = '{X-Plain: 08, Authorization: {secret: "/s#T", prefix: "Bearer "}}';
  const { runtime, spec } = expand(`{url: "https://Mcp.Example.com:443/mcp", headers: ${headers}}`);

  expect(runtime).toBe('remote');
  expect(spec).toMatchObject({
    url: 'https://mcp.example.com/mcp',
    path: '/mcp',
    headers: { 'x-plain': '08', authorization: { secret: '/s#T', prefix: 'Bearer ' } },
  });
});

test('the same url and headers in other words are the same revision', () => {
  const revisions = [
    '{url: "https://x.test/mcp", headers: {X-A: a, X-B: b}}',
    '{url: "https://X.test:443/./mcp", headers: {x-b: b, x-a: a}}',
  ].map((text) => expand(text).revision);

  expect(new Set(revisions).size).toBe(1);
  expect(expand('{url: "https://x.test/mcp", headers: {X-A: a}}').revision).not.toBe(revisions[0]);
});

test.each([
  ['{image: x}', 'v1-de6acde8d9ea2baea76123c6'],
  [
    '{command: [node, a.mjs], env: {A: b, K: {secret: "/a#K"}}, volumes: [{name: d, destination: /d}]}',
    'v1-dc91829e57c2d9b07328ccee',
  ],
])('the revision of what runs here is the one it always had: %s', (text, revision) => {
  expect(expand(text).revision).toBe(revision);
});

const BEARER = { secret: 'secret_ref:search/token', prefix: 'Bearer ' };

test.each([
  [
    'of a json_spec',
    {
      type: 'url',
      endpoint: 'https://x.test/mcp',
      health_check: { path: '/health' },
      authentication: { type: 'bearer', token: 'secret_ref:search/token' },
      timeout: '30s',
    },
    { authorization: BEARER },
  ],
  [
    'of the form for external servers',
    {
      endpoint_url: 'https://x.test/mcp',
      headers: { 'X-Team': 'search', 'X-Key': 'secret_ref:search/key' },
      is_public: true,
      tags: ['search'],
    },
    { 'x-team': 'search', 'x-key': { secret: 'secret_ref:search/key' } },
  ],
])(
  "the platform's shape %s is taken, from a template and in a document",
  (_title, shape, headers) => {
    const asDocument = expand(JSON.stringify(shape));
    const { runtime, spec, revision } = expand('{template: search}', shape);

    expect(runtime).toBe('remote');
    expect(spec).toMatchObject({ url: 'https://x.test/mcp', headers });
    expect(asDocument).toMatchObject({ runtime, spec, revision });
  },
);

test("a token in clear in the platform's shape is refused, and not shown", () => {
  const shape = {
    endpoint: 'https://x.test/mcp',
    authentication: { type: 'bearer', token: 'hunter2' },
  };

  expect(() => expand(JSON.stringify(shape))).toThrow(
    /SECRET_REFERENCE headers.Authorization is no/,
  );
  expect(() => expand(JSON.stringify(shape))).not.toThrow(/hunter2/);
});

test("a service's headers are merged over its template's, and its parameters filled in", () => {
  const template = {
    url: 'https://${region}.x.test/mcp',
    headers: { 'X-A': '1', 'X-B': '1' },
    parameters: { type: 'object', properties: { region: { type: 'string' } } },
  };
  const { spec } = expand('{template: search, with: {region: eu}, headers: {X-B: "2"}}', template);

  expect(spec).toMatchObject({ url: 'https://eu.x.test/mcp', headers: { 'x-a': '1', 'x-b': '2' } });
});

test('an operator may allow addresses that are not public', () => {
  const text = fleet('  a: {url: "http://127.0.0.1:9/mcp"}\n  b: {url: "http://10.0.0.1/mcp"}\n');
  const policy = { allowedRemoteAddresses: ['127.0.0.0/8'] };
  const { services, problems } = memoryLoader(policy)(setOf({ 'a.yaml': text }));

  expect(services.map(({ name }) => name)).toEqual(['a']);
  expect(problems).toMatchObject([
    { code: 'REFUSED_BY_POLICY', service: 'b', line: 4, column: 12 },
  ]);
});
