import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type Allowed,
  findBadNames,
  findBarrels,
  findForeignImports,
  findLongFiles,
  findStrayPackages,
  findText,
  findUnknownAreas,
  readImports,
  type Source,
} from './helpers/source-rules.ts';
import { createTempFolder } from './helpers/temp-folder.ts';

// Who may import whom below src/ (docs/architecture.md has the same table in words). Arrows point inward.
const ADAPTER =
  'model ports access-ports core-ports metrics-ports errors platform atomic-file or-aborted process-identity route-writer'.split(
    ' ',
  );
const MAY_IMPORT: Allowed = {
  main: ['*'],
  wire: ['*'],
  model: [],
  ports: ['model'],
  'access-ports': ['model'],
  'core-ports': ['model'],
  'metrics-ports': ['model'],
  control: ['model', 'ports'],
  'api-control': ['model', 'control'],
  errors: ['model'],
  version: ['package.json'],
  log: ['ports'],
  'atomic-file': [],
  'or-aborted': [],
  'process-identity': [],
  'route-writer': ['model', 'or-aborted'],
  'setting-parsers': ['model'],
  setting: ['setting-parsers'],
  'api-settings': ['setting-parsers', 'setting'],
  'api-config': ['setting', 'api-settings'],
  'limit-settings': ['setting-parsers', 'setting'],
  'core-settings': ['setting-parsers', 'setting'],
  'core-config': ['setting', 'core-settings'],
  settings: [
    'model',
    'setting-parsers',
    'setting',
    'api-settings',
    'core-settings',
    'limit-settings',
  ],
  config: ['errors', 'model', 'setting', 'settings', 'api-config', 'core-config'],
  desired: ['model', 'errors', 'schemas'],
  platform: ['model', 'errors'],
  plan: ['model'],
  reconcile:
    'model ports access-ports core-ports metrics-ports errors control api-control plan'.split(' '),
  client: [],
  http: 'model ports access-ports metrics-ports errors control api-control platform plan schemas'.split(
    ' ',
  ),
  // Everything but adapters.
  cli: 'model ports access-ports metrics-ports errors control api-control config api-config setting-parsers setting settings version atomic-file desired platform plan http client'.split(
    ' ',
  ),
  'adapters/core': ADAPTER,
  'adapters/folder': ADAPTER,
  'adapters/jwt': ADAPTER,
  'adapters/mcp': ADAPTER,
  'adapters/memory': ADAPTER,
  'adapters/podman': ADAPTER,
  'adapters/process': ADAPTER,
  'adapters/prometheus': ADAPTER,
  'adapters/proxy': ADAPTER,
  'adapters/redis': ADAPTER,
  'adapters/remote': ADAPTER,
  'adapters/secrets': ADAPTER,
  'adapters/sqlite': ADAPTER,
  'adapters/tokens': ADAPTER,
  'adapters/traefik': ADAPTER,
  // Its children leave the machine as the shim's do.
  'programs/bridge': ['programs/shim'],
  'programs/router': ['model'],
  'programs/shim': ['model'],
};

// The one folder of the manager that knows a third-party library. The programs are counted apart:
// each runs in a process of its own and brings its own.
const OWNERS: Readonly<Record<string, string>> = {
  '@bomb.sh/tab': 'cli',
  commander: 'cli',
  ajv: 'desired',
  'ajv-formats': 'desired',
  'fastest-levenshtein': 'desired',
  yaml: 'desired',
  '@fastify/cors': 'http',
  '@fastify/rate-limit': 'http',
  fastify: 'http',
  jose: 'adapters/jwt',
  pino: 'log',
  chokidar: 'adapters/folder',
  '@modelcontextprotocol/client': 'adapters/mcp',
  dockerode: 'adapters/podman',
  ioredis: 'adapters/redis',
  'prom-client': 'adapters/prometheus',
};
const PROGRAM_OWNERS: Readonly<Record<string, string>> = {
  '@fastify/http-proxy': 'programs/router',
  fastify: 'programs/router',
};

// Modules of Node by which the pure parts could reach the world, its clock or its chance.
const PURE = /^src\/(model|plan|desired|platform)\//;
const PURE_MODULES = ['node:crypto', 'node:path', 'node:path/posix', 'node:util'];

const MOST_LINES = 250;
const BANNED_NAMES = new Set(
  'utils util helpers helper common types index manager handler data info misc shared'.split(' '),
);
// The entries of programs: only they meet the process they run in.
const ENTRIES = new Set([
  'src/main.ts',
  'src/programs/bridge/main.ts',
  'src/programs/router/main.ts',
  'src/programs/shim/main.ts',
]);
const PROCESS = /\bprocess\.(?:env|argv|exit\b|exitCode)|from 'node:process'/g;

const sources: Source[] = globSync('src/**/*.ts').map((path) => ({
  path,
  text: readFileSync(path, 'utf8'),
}));
const inManager = sources.filter(({ path }) => !path.startsWith('src/programs/'));
const inPrograms = sources.filter(({ path }) => path.startsWith('src/programs/'));

describe('imports', () => {
  test('point inward', () => {
    expect(findForeignImports(sources, MAY_IMPORT)).toEqual([]);
    expect(findUnknownAreas(sources, MAY_IMPORT)).toEqual([]);
  });

  test.each([
    ['src/plan/a.ts', "import { b } from '../ports.ts';", 'ports'],
    ['src/plan/a.ts', "import {\n  type B,\n} from '../reconcile/b.ts';", 'reconcile'],
    ['src/model/a.ts', "export type { B } from '../errors.ts';", 'errors'],
    ['src/adapters/redis/a.ts', "import * as b from '../sqlite/b.ts';", 'adapters/sqlite'],
    ['src/adapters/redis/a.ts', "const b = await import('../../plan/b.ts');", 'plan'],
    ['src/cli/a.ts', "import '../adapters/folder/documents.ts';", 'adapters/folder'],
    ['src/http/a.ts', "let b: import('../config.ts').Config;", 'config'],
    ['src/desired/a.ts', "import b, { c } from '../log.ts';", 'log'],
  ])('that point outward are found: %s with %j', (path, text, to) => {
    expect(findForeignImports([{ path, text }], MAY_IMPORT)).toEqual([`${path} -> ${to}`]);
  });

  test('are known for every folder, and a new one is found', () => {
    const planted = { path: 'src/adapters/consul/a.ts', text: '' };
    expect(findUnknownAreas([planted], MAY_IMPORT)).toEqual(['adapters/consul']);
  });

  test('of one third-party library stand in one folder', () => {
    expect(findStrayPackages(inManager, OWNERS)).toEqual([]);
    expect(findStrayPackages(inPrograms, PROGRAM_OWNERS)).toEqual([]);
  });

  test('of a library in another folder, or of an unknown one, are found', () => {
    const text = "import { Redis } from 'ioredis';\nimport x from '@scope/new/deep.js';";
    const planted = { path: 'src/adapters/sqlite/a.ts', text };
    expect(findStrayPackages([planted], OWNERS)).toEqual([
      'src/adapters/sqlite/a.ts -> ioredis',
      'src/adapters/sqlite/a.ts -> @scope/new',
    ]);
  });

  test('of the pure parts reach neither files, network, time nor other processes', () => {
    expect(findImpureModules(sources)).toEqual([]);
    const planted = { path: 'src/plan/a.ts', text: "import { readFile } from 'node:fs/promises';" };
    expect(findImpureModules([planted])).toEqual(['src/plan/a.ts -> node:fs/promises']);
  });
});

describe('code', () => {
  test('of the pure parts reads no clock and no chance', () => {
    const pure = sources.filter(({ path }) => PURE.test(path));
    const impure = /\bDate\.now\(|new Date\(\)|performance\.now|Math\.random|randomUUID/g;
    expect(findText(pure, impure)).toEqual([]);
    const planted = { path: 'src/plan/a.ts', text: '// Date.now()\nconst now = Date.now();' };
    expect(findText([planted], impure)).toEqual(['src/plan/a.ts: Date.now(']);
  });

  test('meets arguments, environment and end of the process only in the entries', () => {
    const others = sources.filter(({ path }) => !ENTRIES.has(path));
    expect(findText(others, PROCESS)).toEqual([]);
    for (const text of [
      'process.exit(1)',
      'process.env.HOME',
      'process.argv',
      'process.exitCode',
    ]) {
      expect(findText([{ path: 'src/wire.ts', text }], PROCESS)).toHaveLength(1);
    }
    const planted = { path: 'src/wire.ts', text: "import { env } from 'node:process';" };
    expect(findText([planted], PROCESS)).toHaveLength(1);
  });

  test('has no default export and no barrel', () => {
    expect(findText(sources, /^export default\b/gm)).toEqual([]);
    expect(findBarrels(sources)).toEqual([]);
    const planted = { path: 'src/a.ts', text: 'export default 1;' };
    expect(findText([planted], /^export default\b/gm)).toHaveLength(1);
    const barrel = "/** All. */\nexport * from './b.ts';\nexport {\n  c,\n} from './c.ts';\n";
    expect(findBarrels([{ path: 'src/a.ts', text: barrel }])).toEqual(['src/a.ts']);
  });
});

describe('files', () => {
  test('are short enough to be read in one go', () => {
    expect(findLongFiles(sources, MOST_LINES)).toEqual([]);
    const planted = { path: 'src/a.ts', text: 'x;\n'.repeat(MOST_LINES + 1) };
    expect(findLongFiles([planted], MOST_LINES)).toEqual(['src/a.ts: 251 lines']);
  });

  test('have names that say what is in them', () => {
    const paths = sources.map(({ path }) => path);
    expect(findBadNames(paths, BANNED_NAMES)).toEqual([]);
    const planted = ['src/plan/utils.ts', 'src/Plan.ts', 'src/plan_file.ts', 'src/plan-file.ts'];
    expect(findBadNames(planted, BANNED_NAMES)).toEqual(planted.slice(0, 3));
  });
});

// What the linter holds is only held while its rules are on.
test.each([
  ['max-lines-per-function', `export function a(): void {\n${'  a();\n'.repeat(51)}}\n`],
  [
    'max-depth',
    'export const a = (b: boolean) => { if (b) { if (b) { if (b) { if (b) a(b); } } } };',
  ],
  ['max-params', 'export const a = (b: 1, c: 1, d: 1, e: 1, f: 1): number => b + c + d + e + f;'],
  ['no-default-export', 'export default function a(): void {}'],
])('the linter refuses what breaks %s', async (rule, text) => {
  const file = join(await createTempFolder(), 'planted.ts');
  await writeFile(file, text);
  expect(lint(file)).toContain(rule);
});

/** What the linter says of a file by this repository's rules. */
function lint(file: string): string {
  const linter = 'node_modules/oxlint/bin/oxlint';
  const args = [linter, '--config', '.oxlintrc.json', '--format', 'unix', file];
  return spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout;
}

test('the reader of imports sees those of real files', () => {
  const wire = sources.find(({ path }) => path === 'src/wire.ts');
  expect(wire && readImports(wire)).toEqual(
    expect.arrayContaining(['./reconcile/motion.ts', './cli/host.ts', './adapters/mcp/prober.ts']),
  );
});

/** Modules of Node that the pure parts may not use. */
function findImpureModules(all: readonly Source[]): string[] {
  return all
    .filter(({ path }) => PURE.test(path))
    .flatMap((source) =>
      readImports(source)
        .filter((to) => to.startsWith('node:') && !PURE_MODULES.includes(to))
        .map((to) => `${source.path} -> ${to}`),
    );
}
