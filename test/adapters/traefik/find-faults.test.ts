import { expect, test } from 'vitest';
import { findFaults, type Served } from '../../../src/adapters/traefik/find-faults.ts';
import { formatRoutesFile } from '../../../src/adapters/traefik/routes-file.ts';

const targets = [{ instance: 'mcp-foo-1', url: 'http://127.0.0.1:9000' }];
const file = formatRoutesFile(
  [
    { slug: 'foo', service: 'foo', path: '/mcp', targets },
    { slug: 'none', service: 'none', path: '/mcp', targets: [] },
  ],
  { managerId: 'fleet-1' },
);

/** What Traefik makes of the file: full names, a status and defaults of its own. */
function served(): Required<Served> {
  const { routers, middlewares, services = {} } = structuredClone(file.configuration.http);
  return { routers: full(routers), middlewares: full(middlewares), services: full(services) };
}

function full(section: object): Record<string, { status?: string; error?: string[] }> {
  const parts = Object.entries(section).map(([name, part]) => {
    return [`${name}@file`, { ...part, status: 'enabled', priority: 43 }];
  });
  return Object.fromEntries(parts);
}

test('what is served as it is written has no fault, whatever Traefik adds', () => {
  const seen = served();
  const router = {
    ...seen.routers['mcp-foo@file'],
    middlewares: ['mcp-foo-stripprefix@file', 'mcp-foo-path@file'],
  };

  expect(
    findFaults(file, { ...seen, routers: { ...seen.routers, 'mcp-foo@file': router } }),
  ).toEqual(new Map());
});

test.each([
  ['routers', 'mcp-foo@file', undefined, 'Traefik has no router mcp-foo'],
  [
    'routers',
    'mcp-foo@file',
    { rule: 'Path(`/x`)', status: 'enabled' },
    "Traefik's router mcp-foo is another file's: one name can stand in one file only",
  ],
  [
    'middlewares',
    'mcp-foo-path@file',
    { replacePath: { path: '/' } },
    /middleware mcp-foo-path is another/,
  ],
  [
    'services',
    'mcp-foo-service@file',
    { loadBalancer: { servers: [] } },
    /service mcp-foo-service is another/,
  ],
] as const)('a fault in %s, at %s, is that of its route alone', (section, name, part, words) => {
  const seen = served();
  const changed = { ...seen[section], [name]: part };
  if (part === undefined) Reflect.deleteProperty(changed, name);

  const faults = findFaults(file, { ...seen, [section]: changed });

  expect([...faults]).toEqual([['foo', expect.stringMatching(words)]]);
});

test('the words of Traefik itself are passed on', () => {
  const seen = served();
  const error = ['entryPoint "web" doesn\'t exist', 'no valid entryPoint for this router'];
  const router = { ...seen.routers['mcp-none@file'], status: 'disabled', error };

  const faults = findFaults(file, {
    ...seen,
    routers: { ...seen.routers, 'mcp-none@file': router },
  });

  expect(faults.get('none')).toBe(`Traefik's router mcp-none is disabled: ${error.join('; ')}`);
});

test('an answer that is no answer of Traefik is a fault of every route', () => {
  expect([...findFaults(file, {}).keys()]).toEqual(['foo', 'none']);
});
