import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { createBackOff } from './back-off.ts';
import { createFront } from './front.ts';
import type { Intake } from './intake.ts';
import { createIntake } from './intake.ts';
import { createLegacy } from './legacy.ts';
import type { Log } from './log.ts';
import { createCounters } from './metrics.ts';
import { createModern } from './modern.ts';
import type { BridgeOptions } from './options.ts';
import { createParamHeaders } from './param-headers.ts';
import type { Pool } from './pool.ts';
import { createPool } from './pool.ts';
import { createSessions } from './sessions.ts';
import { createSharedChild } from './shared-child.ts';
import { createSse } from './sse.ts';

export interface RunningBridge {
  readonly port: number;
  /** Lets open calls finish within the drain time, then ends every child. Idempotent. */
  close(): Promise<void>;
}

export interface BridgeParts {
  readonly options: BridgeOptions;
  /** The environment of the children. */
  readonly environment: Readonly<Record<string, string>>;
  readonly log: Log;
}

const POLL_MS = 20;
const MOST_HEADER_BYTES = 16 * 1024;
/** For the headers of a request, and for all of it: who is slower is cut off. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 60_000;
/** A connection on which nothing moves: open calls and streams say something every 20 s. */
const STALLED_MS = 120_000;
/** More than the pools of the routers before us. */
const MOST_CONNECTIONS = 10_000;

/** Serves one MCP server, started by its command, over HTTP. Rejects when the port cannot be had. */
export async function openBridge(parts: BridgeParts): Promise<RunningBridge> {
  const { options } = parts;
  const pool = openPool(parts);
  const serving = createServing(parts, pool);
  const server = createServer(
    {
      maxHeaderSize: MOST_HEADER_BYTES,
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      // Routers keep connections for a minute: theirs must end first.
      keepAliveTimeout: 75_000,
    },
    serving.front.handle,
  );
  server.maxConnections = MOST_CONNECTIONS;
  server.timeout = STALLED_MS;
  try {
    server.listen(options.port, options.host);
    await once(server, 'listening');
  } catch (error) {
    await pool.stop();
    throw error;
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  async function end(): Promise<void> {
    serving.drain();
    await untilIdle(serving.intake, options.drainMs);
    await serving.end();
    await pool.stop();
    await closeServer(server);
  }
  let ending: Promise<void> | undefined;
  return { port: address.port, close: () => (ending ??= end()) };
}

function openPool({ options, environment, log }: BridgeParts): Pool {
  const { command, maxMessageBytes, stopGraceMs, prewarm, isolation } = options;
  return createPool({
    command,
    environment,
    maxMessageBytes,
    stopGraceMs,
    prewarm,
    // One more than the sessions may have: the shared one.
    maxChildren: isolation === 'session' ? options.maxChildren + 1 : 1,
    mark: randomUUID(),
    log,
  });
}

function createServing({ options, log }: BridgeParts, pool: Pool) {
  const { isolation, instance, callTimeoutMs, maxChildren, maxSessions } = options;
  const starts = createBackOff(() => performance.now());
  const shared = createSharedChild({ pool, starts, log });
  const sessions = createSessions({
    ...options,
    shared: isolation === 'shared' ? shared : undefined,
    pool,
    starts,
    log,
    maxSessions: isolation === 'session' ? Math.min(maxChildren, maxSessions) : maxSessions,
  });
  const paramHeaders = createParamHeaders(shared.hub);
  const modern = createModern({ shared, callTimeoutMs, paramHeaders });
  const createId = (): string => `${instance}.${randomUUID()}`;
  const sse = options.sse ? createSse({ sessions, createId, maxStreams: maxSessions }) : undefined;
  const counters = createCounters();
  const intake = createIntake(options);
  const front = createFront({
    options,
    modern,
    legacy: createLegacy(sessions),
    sse,
    counters,
    intake,
    isHealthy: () =>
      !intake.isDraining() && (shared.current() !== undefined || !starts.isFailing()),
    metrics: () =>
      counters.text({
        inFlight: intake.inFlight(),
        sessions: sessions.count(),
        children: pool.count(),
        childrenStarted: pool.started(),
      }),
  });
  return {
    front,
    intake,
    drain(): void {
      intake.drain();
      modern.end();
    },
    async end(): Promise<void> {
      sse?.end();
      await sessions.end();
    },
  };
}

async function untilIdle(intake: Intake, drainMs: number): Promise<void> {
  const endMs = performance.now() + drainMs;
  while (intake.inFlight() > 0 && performance.now() < endMs) await pause(POLL_MS);
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
