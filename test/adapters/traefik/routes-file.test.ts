import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  checkRoute,
  formatRoutesFile,
  parseRoutesFile,
  readOwner,
} from '../../../src/adapters/traefik/routes-file.ts';
import type { Route } from '../../../src/model/route.ts';

function route(slug: string, more: Partial<Route> = {}): Route {
  const targets = [{ instance: `mcp-${slug}-1`, url: 'http://127.0.0.1:9000' }];
  return { slug, service: slug, path: '/mcp', targets, ...more };
}

const HOST_RULE = 'HostRegexp(`^((.+\\.)?localhost|[0-9.]+|\\[?[0-9a-f.]*:[0-9a-f:.]*\\]?)$`)';

/** What Traefik reads: comments are none of it. */
function bodyOf(text: string): unknown {
  return JSON.parse(text.replaceAll(/^#.*\n/gm, ''));
}

test('one route is a router, two middlewares and a service by the names of the platform', () => {
  const { text, generation } = formatRoutesFile([route('foo', { path: '/deep/$1' })], {
    managerId: 'fleet-1',
  });

  expect(bodyOf(text)).toEqual({
    http: {
      routers: {
        'mcp.fleet-1': {
          entryPoints: ['web'],
          rule: 'Path(`/mcp/.fleet-1`)',
          middlewares: ['mcp.fleet-1'],
          service: 'noop@internal',
        },
        'mcp-foo': {
          entryPoints: ['web'],
          rule: `(Path(\`/mcp/foo\`) || PathPrefix(\`/mcp/foo/\`)) && ${HOST_RULE}`,
          middlewares: ['mcp-foo-stripprefix', 'mcp-foo-path'],
          service: 'mcp-foo-service',
        },
      },
      middlewares: {
        'mcp.fleet-1': {
          headers: { customResponseHeaders: { 'X-Mcp-Manager-Generation': generation } },
        },
        'mcp-foo-stripprefix': { stripPrefix: { prefixes: ['/mcp/foo'] } },
        'mcp-foo-path': { replacePathRegex: { regex: '^$', replacement: '/deep/$$1' } },
      },
      services: {
        'mcp-foo-service': {
          loadBalancer: {
            servers: [{ url: 'http://127.0.0.1:9000' }],
            passHostHeader: false,
            responseForwarding: { flushInterval: '-1ms' },
            serversTransport: 'mcp.fleet-1',
          },
        },
      },
      serversTransports: { 'mcp.fleet-1': { forwardingTimeouts: { idleConnTimeout: '4s' } } },
    },
  });
});

test('a target with a path has that put before every other, as Traefik takes none in its address', () => {
  const targets = [{ instance: 'mcp-far-1', url: 'http://127.0.0.1:9000/mcp-far-1' }];
  const { http } = formatRoutesFile([route('far', { targets })], {
    managerId: 'fleet-1',
  }).configuration;

  expect(http.routers['mcp-far']).toMatchObject({
    middlewares: ['mcp-far-stripprefix', 'mcp-far-path', 'mcp-far-base'],
  });
  expect(http.middlewares['mcp-far-base']).toEqual({ addPrefix: { prefix: '/mcp-far-1' } });
  expect(http.services?.['mcp-far-service']).toMatchObject({
    loadBalancer: { servers: [{ url: 'http://127.0.0.1:9000' }] },
  });
});

test('at its plain name a route asks for a token as well, by names that no slug has', () => {
  const { http } = formatRoutesFile([route('a-1', { plainName: 'a', auth: { role: 'read' } })], {
    managerId: 'fleet-1',
    api: { url: 'http://127.0.0.1:8000', isRouted: false },
  }).configuration;

  expect(http.routers['mcp-a-1.plain']).toMatchObject({
    rule: `(Path(\`/mcp/a\`) || PathPrefix(\`/mcp/a/\`)) && ${HOST_RULE}`,
    middlewares: [
      'mcp-a-1.plain-auth',
      'mcp-a-1.plain-strip',
      'mcp-a-1.plain-stripprefix',
      'mcp-a-1.plain-path',
    ],
  });
  expect(http.middlewares['mcp-a-1.plain-auth']).toMatchObject({
    forwardAuth: { address: 'http://127.0.0.1:8000/v1/auth?slug=a&service=a-1&role=read' },
  });
});

test('without a route no section is empty, which Traefik would refuse', () => {
  const { http } = formatRoutesFile([], { managerId: 'fleet-1' }).configuration;

  for (const section of Object.values(http)) expect(Object.keys(section)).not.toEqual([]);
  expect(http).not.toHaveProperty('services');
});

const slug = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?$/);
const word = fc.string({ unit: 'grapheme', maxLength: 20 });
const anyRoutes: fc.Arbitrary<Route[]> = fc.uniqueArray(
  fc
    .record({ slug, service: word, path: word, instance: word, port: fc.nat(65_535) })
    .map(({ instance, port, ...rest }) => {
      const url = `http://127.0.0.1:${String(port)}`;
      return { ...rest, targets: [{ instance, url }] };
    }),
  { selector: (each) => each.slug, maxLength: 8 },
);

test('the same routes in any order give the same text, and are read back from it', () => {
  fc.assert(
    fc.property(anyRoutes, (routes) => {
      const { text } = formatRoutesFile(routes, { managerId: 'fleet-1' });
      expect(formatRoutesFile(routes.toReversed(), { managerId: 'fleet-1' }).text).toBe(text);
      const read = parseRoutesFile(text);
      expect(new Set(read)).toEqual(new Set(routes));
      expect(formatRoutesFile(read, { managerId: 'fleet-1' }).text).toBe(text);
      expect(readOwner(text)).toBe('fleet-1');
    }),
    { numRuns: 100 },
  );
});

test('another route, target or path is another generation', () => {
  const texts = [
    [],
    [route('a')],
    [route('b')],
    [route('a', { path: '/other' })],
    [route('a', { targets: [] })],
  ].map((routes) => formatRoutesFile(routes, { managerId: 'fleet-1' }).generation);

  expect(new Set(texts).size).toBe(texts.length);
});

test.each([
  ['path', { path: '/{{ env "HOME" }}' }],
  ['service', { service: 'a{{b' }],
  ['instance', { targets: [{ instance: '{{', url: 'http://127.0.0.1:1' }] }],
  ['url', { targets: [{ instance: 'a', url: 'http://{{.}}:1' }] }],
  ['slug', { slug: 'a`) || Path(`/' }],
  ['plain name', { plainName: 'a`) || Path(`/' }],
  ["slug of the manager's own names", { slug: 'manager' }],
  ["slug of its API's router", { slug: 'manager-api' }],
])('a %s that Traefik would take for more than a value is refused', (_, more) => {
  expect(() => checkRoute(route('foo', more))).toThrow(
    expect.objectContaining({ code: 'ROUTE_REFUSED' }),
  );
});

test.each(['', '{"half":', 'http:\n  routers: {}\n', '# routes: {"formatVersion":1'])(
  'a text that holds no routes is told: %j',
  (text) => {
    expect(() => parseRoutesFile(text)).toThrow(Error);
    expect(readOwner(text)).toBeUndefined();
  },
);
