import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { childEnvironment, helpText, parseOptions } from '../../../src/programs/bridge/options.ts';

const parse = (args: readonly string[], environment = {}) => parseOptions(args, environment, 5);

test('a command is enough', () => {
  expect(parse(['--', 'server', '--port', '1'])).toMatchObject({
    command: ['server', '--port', '1'],
    host: '127.0.0.1',
    port: 8_080,
    isolation: 'session',
    maxChildren: 5,
    idleMs: 1_800_000,
    allowedHosts: [],
  });
});

test('a flag wins over its variable, and that over PORT', () => {
  const environment = { PORT: '1', BRIDGE_PORT: '2', BRIDGE_MAX_CHILDREN: '7' };
  expect(parse(['--port', '3', '--', 'x'], environment)).toMatchObject({ port: 3, maxChildren: 7 });
  expect(parse(['--', 'x'], environment)).toMatchObject({ port: 2 });
  expect(parse(['--', 'x'], { PORT: '1', MCP_PORT: '4' })).toMatchObject({ port: 1 });
  expect(parse(['--', 'x'], { PORT: '', MCP_PORT: '4' })).toMatchObject({ port: 4 });
});

test('lists are split at commas', () => {
  expect(parse(['--allowed-hosts', 'a, b,', '--', 'x'])).toMatchObject({
    allowedHosts: ['a', 'b'],
  });
});

test.each([
  [[], 'no command'],
  [['--'], 'no command'],
  [['server'], "Unexpected argument 'server'"],
  [['--port', '70000', '--', 'x'], '--port 70000 is no whole number from 0 to 65535'],
  [['--port', '-1', '--', 'x'], 'port'],
  [['--isolation', 'all', '--', 'x'], '--isolation all is none of session, shared'],
  [['--instance', 'a.b', '--', 'x'], '--instance a.b has other characters'],
  [['--path', 'mcp', '--', 'x'], '--path mcp does not begin with /'],
  [['--nothing', '--', 'x'], "Unknown option '--nothing'"],
])('%j is refused with %j', (args, words) => {
  expect(() => parse(args)).toThrow(words);
});

test('the environment of a server has none of the settings of the bridge', () => {
  const environment = { PATH: '/bin', PORT: '1', MCP_PORT: '2', BRIDGE_SSE: 'on', TOKEN: 'x' };
  expect(childEnvironment(environment)).toEqual({ PATH: '/bin', TOKEN: 'x' });
});

test('what is meant for the server alone reaches it under its own name, and the bridge never', () => {
  const environment = { NODE_OPTIONS: '', BRIDGE_CHILD_NODE_OPTIONS: '--no-deprecation' };
  expect(childEnvironment(environment)).toEqual({ NODE_OPTIONS: '--no-deprecation' });
});

test('every setting is in the help and in docs/bridge.md', () => {
  expect(parse(['--help'])).toBe('help');
  const flags = [...helpText().matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, flag = '']) => flag);
  expect(flags.length).toBeGreaterThan(15);
  const page = readFileSync('docs/bridge.md', 'utf8');
  expect(flags.filter((flag) => !page.includes(`\`${flag}\``))).toEqual([]);
});
