import { describe, expect, test } from 'vitest';
import { startProgramIn } from '../helpers/started-program.ts';

/** One run of a client scenario against what checks instances. */
interface Run {
  readonly scenario: string;
  readonly suite: keyof typeof SUITES;
  readonly version: string;
}

const SUITES = {
  release: 'node_modules/conformance-release',
  next: 'node_modules/@modelcontextprotocol/conformance',
} as const;

/** By scenario: the revisions in which the suite has it. */
const APPLIES: Readonly<Record<string, readonly string[]>> = {
  initialize: ['2025-06-18', '2025-11-25'],
  tools_call: ['2025-06-18', '2025-11-25', '2026-07-28'],
  'request-metadata': ['2026-07-28'],
  'http-standard-headers': ['2026-07-28'],
  'http-custom-headers': ['2026-07-28'],
  'http-invalid-tool-headers': ['2026-07-28'],
  'json-schema-ref-no-deref': ['2026-07-28'],
  'json-schema-2020-12-preservation': ['2025-11-25', '2026-07-28'],
};
const RUNS: readonly Run[] = [
  { scenario: 'initialize', suite: 'release', version: '2025-11-25' },
  { scenario: 'tools_call', suite: 'release', version: '2025-11-25' },
  ...Object.entries(APPLIES).flatMap(([scenario, versions]) =>
    versions.map((version) => ({ scenario, suite: 'next', version }) as const),
  ),
];
const LEFT_OUT = [
  [
    '`auth/*`',
    'a check has no credentials of its own: 401 and 403 are answers of a server that is alive',
  ],
  ['`elicitation-sep1034-client-defaults`', 'a check answers no questions, and says so'],
  ['`sse-retry`', 'a check that breaks off has failed, and is made again as a whole'],
  [
    '`sep-2322-client-request-state`',
    'a result that asks for input is no pass: nobody is there to be asked',
  ],
  ['`sep-2640-client-*`', 'an extension; a check reads no skills'],
] as const;
const PAGE = 'docs/conformance-client.md';

describe('what checks instances is a client by the conformance suites', async () => {
  const scores = await runAll();

  test.each(RUNS.map((run, at) => [run.scenario, run.suite, run.version, at] as const))(
    '%s, %s, %s',
    (_scenario, _suite, _version, at) => {
      expect(scores[at]?.failed).toBe(0);
      expect(scores[at]?.passed).toBeGreaterThan(0);
    },
  );

  test(`${PAGE} says what they say (\`vitest -u\` writes it anew)`, async () => {
    await expect(writePage(scores)).toMatchFileSnapshot(`${process.cwd()}/${PAGE}`);
  });
});

interface Score {
  readonly passed: number;
  readonly failed: number;
}

/** Two at a time: each run starts two programs. */
async function runAll(): Promise<readonly Score[]> {
  const scores: Score[] = [];
  const queue = RUNS.entries();
  const worker = async (): Promise<void> => {
    for (const [at, run] of queue) scores[at] = await runScenario(run);
  };
  await Promise.all([worker(), worker()]);
  return scores;
}

async function runScenario({ scenario, suite, version }: Run): Promise<Score> {
  const client = `${process.execPath} test/fixtures/mcp/verifier-client.ts`;
  const args = ['--command', client, '--scenario', scenario, '--spec-version', version];
  const program = startProgramIn(process.cwd(), {
    command: [process.execPath, `${SUITES[suite]}/dist/index.js`, 'client', ...args],
    environment: { PATH: process.env['PATH'] ?? '' },
  });
  await program.exited;
  const output = program.stdout() + program.stderr();
  const { passed, failed } =
    /Passed: (?<passed>\d+)\/\d+, (?<failed>\d+) failed/.exec(output)?.groups ?? {};
  if (passed === undefined) throw new Error(`${scenario}: ${output}`);
  return { passed: Number(passed), failed: Number(failed) };
}

function writePage(scores: readonly Score[]): string {
  const lines = RUNS.map(({ scenario, suite, version }, at) => {
    const { passed = 0, failed = 0 } = scores[at] ?? {};
    return `- \`${scenario}\`, ${version} (${suite}): ${String(passed)} of ${String(passed + failed)}`;
  });
  return [
    '# Conformance of the checks',
    '',
    'What the official suites (`@modelcontextprotocol/conformance`) say of the client that checks instances and calls their tools: passed',
    'checks of each scenario. What they say of the bridge: [conformance.md](conformance.md). Made by `test/e2e/client-conformance.test.ts`.',
    '',
    ...lines,
    '',
    '## Left out',
    '',
    ...LEFT_OUT.map(([what, why]) => `- ${what}: ${why}.`),
    '',
  ].join('\n');
}
