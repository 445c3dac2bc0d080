import { createServer, type Server } from 'node:http';

/** A loopback request takes a millisecond; longer means that this process is starved. */
const CONTROL_TIMEOUT_MS = 2_000;

export interface Control {
  /** True when a request to our own listener is answered in time; false: the observer is at fault. */
  readonly check: (signal: AbortSignal) => Promise<boolean>;
  readonly close: () => Promise<void>;
}

/** The control probe (design §3). Its listener is opened by the first check and keeps no process alive. */
export function openControl(): Control {
  let opened: Promise<Listener> | undefined;

  return {
    async check(signal) {
      try {
        opened ??= listen();
        const { url } = await opened.catch((error: unknown) => {
          opened = undefined;
          throw error;
        });
        const response = await fetch(url, {
          headers: { connection: 'close' },
          signal: AbortSignal.any([signal, AbortSignal.timeout(CONTROL_TIMEOUT_MS)]),
        });
        return response.status === 204;
      } catch {
        return false;
      }
    },
    async close() {
      const closing = opened;
      opened = undefined;
      await closing?.then(stopListening, () => undefined);
    },
  };
}

interface Listener {
  readonly server: Server;
  readonly url: string;
}

/** Rejects when there is no port or no file descriptor left: the observer's fault indeed. */
function listen(): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const server = createServer((_request, response) => response.writeHead(204).end());
    server.unref();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' ? address?.port : undefined;
      resolve({ server, url: `http://127.0.0.1:${port}/` });
    });
  });
}

function stopListening({ server }: Listener): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
