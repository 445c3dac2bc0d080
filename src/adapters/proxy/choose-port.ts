import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { randomInt } from 'node:crypto';
import { writeFileAtomically } from '../../atomic-file.ts';
import { AppError } from '../../errors.ts';

/**
 * Below the kernel's range for outgoing connections (32768 and up) and Kubernetes' node ports: a
 * kept port in there could be in use by any client just when the router starts again.
 */
const FIRST_PORT = 20_000;
const LAST_PORT = 29_999;
const MOST_TRIES = 50;

/** The port remembered in `file`; else a free one, remembered there before it is answered. */
export async function chooseKeptPort(file: string, host: string): Promise<number> {
  const kept = await readKeptPort(file);
  if (kept !== undefined) return kept;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const port = randomInt(FIRST_PORT, LAST_PORT + 1);
    if (!(await isFree(port, host))) continue;
    await writeFileAtomically(file, `${String(port)}\n`);
    return port;
  }
  throw new AppError('ROUTER_PORT_TAKEN', `no free port found on ${host}`, {
    hint: 'set ROUTER_PORT to a port that is free',
  });
}

/** The port remembered in `file`; undefined where there is none. */
export async function readKeptPort(file: string): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const port = Number(text);
  return Number.isInteger(port) && port > 0 && port <= 65_535 ? port : undefined;
}

async function isFree(port: number, host: string): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
