import { readFileSync } from 'node:fs';
import { afterAll, onTestFinished } from 'vitest';
import { startProgramIn } from '../../helpers/started-program.ts';
import type { StartedProgram } from '../../helpers/started-program.ts';

export interface TestBridge extends StartedProgram {
  readonly url: string;
  /** One figure of `/metrics`. */
  metric(name: string): Promise<number>;
  /** Resident memory now, in bytes. */
  residentBytes(): number;
  /** Lines of the log, parsed. */
  log(): readonly Readonly<Record<string, unknown>>[];
}

export interface BridgeStart {
  readonly command: readonly string[];
  readonly flags?: readonly string[];
  /** Ends with the file instead of the test. */
  readonly forAll?: boolean;
  readonly program?: string;
}

const FIXTURES = 'test/fixtures/mcp/stdio';
const MAIN = 'src/programs/bridge/main.ts';

/** Commands of servers to put behind a bridge. */
export const servers = {
  fixture: (era: 'legacy' | 'modern' | 'both' = 'both') => [
    process.execPath,
    `${FIXTURES}/server.ts`,
    era,
  ],
  faulty: (mode: string) => [process.execPath, `${FIXTURES}/faulty.ts`, mode],
  tiny: () => ['sh', `${FIXTURES}/tiny.sh`],
  everything: () => [
    process.execPath,
    'node_modules/@modelcontextprotocol/server-everything/dist/index.js',
    'stdio',
  ],
} as const;

/** A bridge as a program of its own, on a port that the kernel chose. */
export async function startBridge({
  command,
  flags = [],
  forAll = false,
  program = MAIN,
}: BridgeStart): Promise<TestBridge> {
  const bridge = startProgramIn(process.cwd(), {
    command: [process.execPath, program, '--port', '0', ...flags, '--', ...command],
    environment: { PATH: process.env['PATH'] ?? '', PORT: '1' },
  });
  const end = async (): Promise<void> => void (await bridge.end());
  if (forAll) afterAll(end);
  else onTestFinished(end);
  await bridge.said(/"listening":\d+/);
  const port = /"listening":(\d+)/.exec(bridge.stdout())?.[1] ?? '';
  const url = `http://127.0.0.1:${port}`;
  return {
    ...bridge,
    url,
    async metric(name) {
      const text = await (await fetch(`${url}/metrics`)).text();
      const line = text
        .split('\n')
        .find((candidate) => candidate.startsWith(`mcp_bridge_${name} `));
      return Number(line?.split(' ')[1]);
    },
    residentBytes() {
      const status = readFileSync(`/proc/${String(bridge.pid)}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
    },
    log: () =>
      bridge
        .stderr()
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line)),
  };
}
