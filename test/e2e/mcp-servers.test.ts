import { expect, test } from 'vitest';
import { type Program, startProgram } from '../fixtures/mcp/program.ts';
import { never, openTestProber } from '../fixtures/mcp/prober.ts';
import { toTarget } from '../fixtures/mcp/target.ts';
import { eventually } from '../helpers/eventually.ts';
import { closedUrl } from '../fixtures/mcp/listen.ts';

const EVERYTHING = 'node_modules/@modelcontextprotocol/server-everything/dist/index.js';

/** The official reference server: of the legacy era, with sessions. It takes no port 0. */
async function startEverything(): Promise<Program> {
  const url = await closedUrl();
  return startProgram({
    command: [EVERYTHING, 'streamableHttp'],
    env: { PORT: new URL(url).port },
    url: (output) => (output.includes('listening on port') ? url : undefined),
  });
}

test('the reference server is verified with its tools, pinged, and failed when it is killed', async () => {
  const program = await startEverything();
  const prober = openTestProber();
  const target = toTarget(program.url, { tools: ['echo'] });
  const verified = await prober.verify(target, never);
  expect(verified).toMatchObject({
    outcome: 'verified',
    era: 'legacy',
    tools: expect.arrayContaining(['echo', 'get-sum']),
  });
  expect(await prober.probe(target, verified, never)).toEqual(verified);
  expect(await prober.probe(target, verified, never)).toEqual(verified);
  // One session of the verification, ended again, and one for both pings.
  await eventually(() => expect(countLines(program, 'Session initialized')).toBe(2));
  await eventually(() => expect(countLines(program, 'session termination request')).toBe(1));
  await program.stop('SIGKILL');
  expect(await prober.probe(target, verified, never)).toEqual({
    outcome: 'failed',
    message: `nothing listens on ${new URL(program.url).host}`,
  });
});

test('a stopped prober leaves no session at the reference server', async () => {
  const program = await startEverything();
  const prober = openTestProber();
  const target = toTarget(program.url);
  await prober.probe(target, await prober.verify(target, never), never);
  await prober.close();
  await eventually(() => expect(countLines(program, 'Session initialized')).toBe(2));
  await eventually(() => expect(countLines(program, 'session termination request')).toBe(2));
});

function countLines(program: Program, words: string): number {
  return program
    .output()
    .split('\n')
    .filter((line) => line.includes(words)).length;
}
