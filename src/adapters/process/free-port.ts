import { once } from 'node:events';
import { createServer } from 'node:net';
import { AppError } from '../../errors.ts';

/** Every program listens here: nothing of a process runtime is reached from outside. */
export const LOOPBACK = '127.0.0.1';

/** The kernel seldom offers a port twice; this many times in a row means that none is left. */
const MOST_TRIES = 32;

export interface PortPicker {
  /** The wanted port where it is free, else one that the kernel chooses; held until it is given back. */
  pick(wanted?: number): Promise<number>;
  giveBack(port: number | undefined): void;
}

/** Hands out loopback ports, never one to two programs at a time. */
export function createPortPicker(): PortPicker {
  const held = new Set<number>();
  const hold = (port: number | undefined): number | undefined => {
    if (port === undefined || held.has(port)) return undefined;
    held.add(port);
    return port;
  };
  return {
    pick: async (wanted) => {
      if (wanted !== undefined) {
        held.delete(wanted);
        const same = hold(await tryToBind(wanted));
        if (same !== undefined) return same;
      }
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const port = hold(await tryToBind(0));
        if (port !== undefined) return port;
      }
      throw new AppError('RUNTIME_UNAVAILABLE', `No port is free on ${LOOPBACK}.`);
    },
    giveBack: (port) => {
      if (port !== undefined) held.delete(port);
    },
  };
}

/** The port that could be bound and is free again now; undefined when it is taken. */
async function tryToBind(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen(port, LOOPBACK);
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' ? address?.port : undefined;
  } catch {
    return undefined;
  } finally {
    server.close();
  }
}
