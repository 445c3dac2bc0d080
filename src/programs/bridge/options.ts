import { parseArgs } from 'node:util';

export interface BridgeOptions {
  readonly command: readonly string[];
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly instance: string;
  readonly isolation: 'session' | 'shared';
  readonly sse: boolean;
  readonly prewarm: number;
  readonly maxChildren: number;
  readonly maxSessions: number;
  readonly maxInFlight: number;
  readonly maxBodyBytes: number;
  readonly maxMessageBytes: number;
  readonly idleMs: number;
  readonly longestMs: number;
  readonly callTimeoutMs: number;
  readonly drainMs: number;
  readonly stopGraceMs: number;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
}

interface Setting {
  readonly value: string;
  readonly means: string;
  /** Other variables that say the same, the first that is set wins. */
  readonly variables?: readonly string[];
}

/** Flag `--max-children` is variable `BRIDGE_MAX_CHILDREN`; a flag wins. */
const SETTINGS = {
  host: { value: '127.0.0.1', means: 'address to listen on' },
  port: { value: '8080', means: 'port to listen on; 0: any', variables: ['PORT', 'MCP_PORT'] },
  path: { value: '/mcp', means: 'path of the endpoint' },
  instance: { value: 'bridge', means: 'name that session ids begin with' },
  isolation: {
    value: 'session',
    means: 'session: a child for each legacy session; shared: one for all',
  },
  sse: { value: 'off', means: 'on: also the transport of 2024-11-05, at /sse' },
  prewarm: { value: '0', means: 'children started before they are asked for' },
  'max-children': {
    value: 'auto',
    means:
      'children for sessions (the shared one counts apart); auto: what the memory fits, up to 64',
  },
  'max-sessions': { value: '1000', means: 'legacy sessions' },
  'max-in-flight': { value: '2048', means: 'requests that are being answered' },
  'max-body-bytes': { value: '4194304', means: 'longest body of a request' },
  'max-message-bytes': { value: '16777216', means: 'longest line that a child may write' },
  'idle-seconds': { value: '1800', means: 'a session without call or stream ends after it' },
  'longest-seconds': { value: '86400', means: 'every session ends after it' },
  'call-seconds': { value: '3600', means: 'an unanswered call fails after it' },
  'drain-seconds': { value: '10', means: 'after TERM, open calls may take so long' },
  'stop-seconds': { value: '2', means: 'grace of a child between the steps of its end' },
  'allowed-hosts': {
    value: '',
    means: 'host names (commas) beside localhost and addresses; *: all',
  },
  'allowed-origins': { value: '', means: 'origins (commas) beside those of localhost; *: all' },
} as const satisfies Readonly<Record<string, Setting>>;

type Name = keyof typeof SETTINGS;
type Environment = Readonly<Record<string, string | undefined>>;

/** Arguments, environment and how many children fit → options, `help` when that is asked for. Throws an Error for people. */
export function parseOptions(
  args: readonly string[],
  environment: Environment,
  autoChildren: number,
): BridgeOptions | 'help' {
  const values = readValues(args, environment);
  if (values === 'help') return 'help';
  const { text, command } = values;
  if (command.length === 0) throw new Error('no command: bridge [--flags] -- COMMAND ARGS…');
  const whole = (name: Name, most: number): number => readWhole(name, text(name), most);
  const seconds = (name: Name): number => whole(name, 1_000_000) * 1_000;
  return {
    command,
    host: text('host'),
    port: whole('port', 65_535),
    path: readPath(text('path')),
    instance: readInstance(text('instance')),
    isolation: oneOf('isolation', text('isolation'), ['session', 'shared']),
    sse: oneOf('sse', text('sse'), ['on', 'off']) === 'on',
    prewarm: whole('prewarm', 1_000),
    maxChildren: text('max-children') === 'auto' ? autoChildren : whole('max-children', 100_000),
    maxSessions: whole('max-sessions', 1_000_000),
    maxInFlight: whole('max-in-flight', 1_000_000),
    maxBodyBytes: whole('max-body-bytes', 2 ** 30),
    maxMessageBytes: whole('max-message-bytes', 2 ** 30),
    idleMs: seconds('idle-seconds'),
    longestMs: seconds('longest-seconds'),
    callTimeoutMs: seconds('call-seconds'),
    drainMs: seconds('drain-seconds'),
    stopGraceMs: seconds('stop-seconds'),
    allowedHosts: listOf(text('allowed-hosts')),
    allowedOrigins: listOf(text('allowed-origins')),
  };
}

export function helpText(): string {
  const lines = Object.entries<Setting>(SETTINGS).map(
    ([name, { value, means, variables = [] }]) => {
      const names = [variableOf(name), ...variables].join(', ');
      return `  --${name} ${value === '' ? 'LIST' : value}\n      ${means} (${names})`;
    },
  );
  return [
    'bridge [--flags] -- COMMAND ARGS…',
    '',
    'Serves an MCP server that speaks on its standard input and output over Streamable HTTP.',
    '',
    ...lines,
    '',
  ].join('\n');
}

/** For the server alone: `BRIDGE_CHILD_NODE_OPTIONS` is its NODE_OPTIONS, and nothing to the bridge. */
const FOR_CHILD = 'BRIDGE_CHILD_';

/** The environment of the server: without the bridge's own settings, of which some would mislead it. */
export function childEnvironment(environment: Environment): Record<string, string> {
  const own = new Set([...Object.keys(SETTINGS).map(variableOf), 'PORT', 'MCP_PORT']);
  const given = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const kept = given.filter((entry) => !own.has(entry[0]) && !isForChild(entry));
  const meant = given
    .filter(isForChild)
    .map(([name, value]) => [name.slice(FOR_CHILD.length), value] as const);
  return Object.fromEntries([...kept, ...meant]);
}

function isForChild([name]: readonly [string, string]): boolean {
  return name.startsWith(FOR_CHILD);
}

function readValues(args: readonly string[], environment: Environment) {
  const split = args.indexOf('--');
  const flags = split === -1 ? args : args.slice(0, split);
  const command = split === -1 ? [] : args.slice(split + 1);
  const names = Object.keys(SETTINGS);
  const { values } = parseArgs({
    args: [...flags],
    options: {
      help: { type: 'boolean', default: false },
      ...Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
    },
  });
  const given: Readonly<Record<string, unknown>> = values;
  if (given['help'] === true) return 'help';
  const text = (name: Name): string => {
    const setting: Setting = SETTINGS[name];
    const fromEnvironment = [variableOf(name), ...(setting.variables ?? [])]
      .map((variable) => environment[variable])
      .find((value) => value !== undefined && value !== '');
    const flag = given[name];
    return typeof flag === 'string' ? flag : (fromEnvironment ?? setting.value);
  };
  return { text, command };
}

function variableOf(name: string): string {
  return `BRIDGE_${name.toUpperCase().replaceAll('-', '_')}`;
}

function readWhole(name: Name, value: string, most: number): number {
  const number = Number(value);
  if (/^\d+$/.test(value) && number <= most) return number;
  throw new Error(`--${name} ${value} is no whole number from 0 to ${String(most)}`);
}

function readPath(value: string): string {
  if (/^\/[^?#\s]*$/.test(value)) return value;
  throw new Error(`--path ${value} does not begin with / or holds ? or #`);
}

/** Session ids may hold visible ASCII only; the first dot ends the name. */
function readInstance(value: string): string {
  if (/^[\w-]{1,200}$/.test(value)) return value;
  throw new Error(`--instance ${value} has other characters than letters, digits, - and _`);
}

function oneOf<T extends string>(name: Name, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  throw new Error(`--${name} ${value} is none of ${allowed.join(', ')}`);
}

function listOf(value: string): string[] {
  return value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
