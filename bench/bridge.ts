import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { BUNDLE } from '../scripts/bundle-bridge.ts';
import { eventually } from '../test/helpers/eventually.ts';
import { findFreePort } from '../test/helpers/free-port.ts';
import { withFolder } from './folder.ts';
import { spreadOf } from './measure.ts';
import type { Table } from './table.ts';

const SERVER = [process.execPath, 'test/fixtures/mcp/stdio/server.ts', 'both'];
/** What people use for the same today; fetched for the run, or left out where nothing can be fetched. */
const OTHERS = ['mcp-proxy@6.7.19', 'supergateway@4.0.0'];
const CALLS = 3_000;
const WARM_UP = 1_000;
const AT_ONCE = 100;
const ROUNDS = 10;
const START_MS = 20_000;

/** How the command of a bridge is made: its arguments for a port. */
type Bridge = readonly [name: string, command: (port: string) => readonly string[]];

/** What a bridge adds to the server's own answer, beside what others add. */
export async function measureBridge(): Promise<readonly Table[]> {
  return withFolder(async (folder) => {
    const bridges: readonly Bridge[] = [
      ['ours', (port) => [BUNDLE, '--port', port, '--', ...SERVER]],
      ...(canFetch(folder) ? othersIn(folder) : []),
    ];
    const rows = [await measureDirect()];
    for (const bridge of bridges) rows.push(await measureOne(bridge));
    return [
      {
        title: 'The bridge, beside others',
        notes: [
          `A legacy session over HTTP to a small server on standard input and output: ${CALLS} calls one after the other, and ${AT_ONCE} at once (median of ${ROUNDS}).`,
        ],
        columns: ['what', 'p50 ms', 'p95 ms', `${AT_ONCE} at once ms`, 'resident MB'],
        rows,
      },
    ];
  });
}

function canFetch(folder: string): boolean {
  try {
    const args = ['install', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts'];
    execFileSync('npm', [...args, ...OTHERS], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function othersIn(folder: string): readonly Bridge[] {
  const program = (name: string): string =>
    join(folder, 'node_modules', name, binOf(join(folder, 'node_modules', name)));
  const stdio = SERVER.join(' ');
  const stateful = ['--outputTransport', 'streamableHttp', '--stateful', '--logLevel', 'none'];
  return [
    ['mcp-proxy', (port) => [program('mcp-proxy'), '--port', port, '--', ...SERVER]],
    [
      'supergateway, stateful',
      (port) => [program('supergateway'), '--stdio', stdio, '--port', port, ...stateful],
    ],
  ];
}

function binOf(folder: string): string {
  const { bin }: { bin: string | Readonly<Record<string, string>> } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  return typeof bin === 'string' ? bin : (Object.values(bin)[0] ?? '');
}

async function measureDirect(): Promise<readonly string[]> {
  const [program = '', ...args] = SERVER;
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const lines = child.stdout.setEncoding('utf8');
  const ask = async (message: object): Promise<void> => {
    child.stdin.write(`${JSON.stringify(message)}\n`);
    await once(lines, 'data');
  };
  await ask(initialize());
  const times = await timeCalls((id) => ask(call(id)));
  child.kill();
  return ['the server itself', ...quantiles(times), '', ''];
}

async function measureOne([name, command]: Bridge): Promise<readonly string[]> {
  const port = await findFreePort();
  const bridge = spawn(process.execPath, command(String(port)), { stdio: 'ignore' });
  const agent = new Agent({ keepAlive: true });
  try {
    const ask = await connect(port, agent);
    const times = await timeCalls((id) => ask(call(id)));
    const rounds: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const startMs = performance.now();
      const ids = Array.from({ length: AT_ONCE }, (_, at) => 100_000 + round * AT_ONCE + at);
      await Promise.all(ids.map((id) => ask(call(id))));
      rounds.push(performance.now() - startMs);
    }
    return [name, ...quantiles(times), spreadOf(rounds).median.toFixed(0), residentMb(bridge)];
  } finally {
    agent.destroy();
    bridge.kill();
    await once(bridge, 'exit');
  }
}

/** A session with the bridge; answers how to ask in it. */
async function connect(port: number, agent: Agent) {
  const opened = await eventually(() => post({ port, agent }, initialize()), START_MS);
  const session = opened.headers['mcp-session-id'];
  const headers = typeof session === 'string' ? { 'mcp-session-id': session } : {};
  await post({ port, agent, headers }, { jsonrpc: '2.0', method: 'notifications/initialized' });
  return async (message: object): Promise<void> => {
    const answer = await post({ port, agent, headers }, message);
    if (!answer.body.includes('"text":"hello"')) throw new Error(`no answer: ${answer.body}`);
  };
}

interface Target {
  readonly port: number;
  readonly agent: Agent;
  readonly headers?: Readonly<Record<string, string>>;
}

async function post({ port, agent, headers = {} }: Target, message: object) {
  const asked = request({
    host: '127.0.0.1',
    port,
    path: '/mcp',
    method: 'POST',
    agent,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
  });
  asked.end(JSON.stringify(message));
  const [response] = await once(asked, 'response');
  return { headers: response.headers, body: await text(response) };
}

async function timeCalls(ask: (id: number) => Promise<void>): Promise<readonly number[]> {
  const times: number[] = [];
  for (let id = 1; id <= WARM_UP + CALLS; id++) {
    const startMs = performance.now();
    await ask(id);
    if (id > WARM_UP) times.push(performance.now() - startMs);
  }
  return times.toSorted((a, b) => a - b);
}

function quantiles(sorted: readonly number[]): readonly string[] {
  return [0.5, 0.95].map((part) => (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(2));
}

function residentMb({ pid }: ChildProcess): string {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  return (Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024).toFixed(0);
}

function initialize(): object {
  const clientInfo = { name: 'bench', version: '1' };
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
  return { jsonrpc: '2.0', id: 0, method: 'initialize', params };
}

function call(id: number): object {
  const params = { name: 'say', arguments: { words: 'hello' } };
  return { jsonrpc: '2.0', id, method: 'tools/call', params };
}
