import { once } from 'node:events';
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A `10.N.0.0/16` that no other engine of this machine has. */
export interface Subnet {
  readonly number: number;
  /** For the next one; what used it has to be gone. */
  giveBack(): void;
}

/** `10.88` and `10.89` upwards are where engines of people begin. */
const FIRST = 130;
const LAST = 250;
// Not in the temporary folder of a run: several runs share the machine's addresses.
const RECORDS = '/tmp';
const RECORD_NAME = /^mcp-manager-subnet-(\d+)$/;

/**
 * Engines do not see each other's networks, so each gets addresses of its own. A subnet is held by a
 * socket, which the kernel frees with the process; the record beside it names the engine's folder, so
 * that what a killed test left can be found: `reclaimSubnets`.
 */
export async function takeSubnet(folder: string): Promise<Subnet> {
  for (let number = LAST; number >= FIRST; number -= 1) {
    const lock = await tryLock(number);
    if (lock === undefined) continue;
    // Its owner died since the last look: for `reclaimSubnets`.
    if (readRecord(number) !== undefined) {
      lock.close();
      continue;
    }
    writeFileSync(recordOf(number), folder);
    noteForRun(number);
    return {
      number,
      giveBack() {
        rmSync(recordOf(number));
        lock.close();
      },
    };
  }
  throw new Error(`each of the subnets 10.${FIRST} to 10.${LAST} has a living owner`);
}

/**
 * Calls `clear` with the folder of each engine whose owner is dead, and frees its subnet. What `clear`
 * could not remove is no fault of who calls.
 */
export async function reclaimSubnets(clear: (folder: string) => Promise<void>): Promise<void> {
  const numbers = readdirSync(RECORDS).map((name) => Number(RECORD_NAME.exec(name)?.[1]));
  for (const number of numbers.filter((found) => !Number.isNaN(found))) {
    const lock = await tryLock(number);
    if (lock === undefined) continue;
    const folder = readRecord(number);
    if (folder !== undefined) {
      await clear(folder).catch(() => undefined);
      rmSync(recordOf(number));
    }
    lock.close();
  }
}

/** In the abstract namespace, where nothing is left of a socket when its process ends. */
async function tryLock(number: number): Promise<Server | undefined> {
  const server = createServer();
  server.listen(`\0mcp-manager-subnet-${number}`).unref();
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return undefined;
    throw error;
  }
}

function recordOf(number: number): string {
  return join(RECORDS, `mcp-manager-subnet-${number}`);
}

function readRecord(number: number): string | undefined {
  try {
    return readFileSync(recordOf(number), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The whole run proves at its end that no bridge, rule or namespace with these addresses is left. */
function noteForRun(number: number): void {
  if (process.env['MCP_MANAGER_TEST_RUN'] === undefined) return;
  appendFileSync(join(tmpdir(), 'subnets'), `${number}\n`);
}
