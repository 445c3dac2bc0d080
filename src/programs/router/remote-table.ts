import { randomUUID } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import type {
  RemoteAnswer,
  RemoteCommand,
  RemoteLabels,
  RemoteOrder,
  RemoteReport,
} from '../../model/remote.ts';

/** Below the shortest common keep-alive of servers, as for those that run here. */
const IDLE_CONNECTION_MS = 4_000;
const MOST_REMOTES = 10_000;
const LOOK_AGAIN_MS = 20;

/** A remote server as requests need it. */
export interface Remote {
  readonly name: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly labels: RemoteLabels;
  readonly agent: http.Agent;
  /** The exchanges that are under way. */
  readonly open: Set<http.ServerResponse>;
}

export interface RemoteTable {
  /** Idempotent; answers the id of the instance that was meant, where there is one. */
  perform(command: RemoteCommand): Promise<RemoteAnswer>;
  /** `origin`: where they take requests. */
  list(origin: string): readonly RemoteReport[];
  /** The one that takes requests now. */
  find(name: string): Remote | undefined;
}

interface Entry extends Remote {
  readonly id: string;
  state: RemoteReport['state'];
  startedAtMs?: number;
  exitedAtMs?: number;
}

/** The remote instances, in memory alone: the values of their headers are nowhere else. */
export function createRemoteTable(): RemoteTable {
  const entries = new Map<string, Entry>();
  return {
    async perform(command) {
      if (command.kind === 'create') return create(entries, command.order);
      const entry = entries.get(command.name);
      if (entry === undefined || (command.id ?? entry.id) !== entry.id) return {};
      if (command.kind === 'start') start(entry);
      if (command.kind === 'stop') await stop(entry, command.graceMs);
      if (command.kind === 'remove') {
        await stop(entry, 0);
        entries.delete(command.name);
      }
      return { id: entry.id };
    },
    list: (origin) => [...entries.values()].map((entry) => toReport(entry, origin)),
    find(name) {
      const entry = entries.get(name);
      return entry?.state === 'running' ? entry : undefined;
    },
  };
}

function create(entries: Map<string, Entry>, order: RemoteOrder): RemoteAnswer {
  const { name, labels, headers } = order;
  const present = entries.get(name);
  if (present !== undefined) return { id: present.id };
  if (entries.size >= MOST_REMOTES) throw new Error(`more than ${MOST_REMOTES} remote services`);
  const url = new URL(order.url);
  const { Agent } = url.protocol === 'https:' ? https : http;
  const agent = new Agent({ keepAlive: true, timeout: IDLE_CONNECTION_MS });
  const open = new Set<http.ServerResponse>();
  const id = randomUUID();
  entries.set(name, { id, name, url, headers, labels, agent, open, state: 'created' });
  return { id };
}

function start(entry: Entry): void {
  if (entry.state === 'running') return;
  entry.state = 'running';
  entry.startedAtMs = Date.now();
  delete entry.exitedAtMs;
}

/** Takes no more requests; those under way may end in the grace, and are cut then with their connections. */
async function stop(entry: Entry, graceMs: number): Promise<void> {
  if (entry.state === 'running') {
    entry.state = 'exited';
    entry.exitedAtMs = Date.now();
  }
  const endMs = performance.now() + graceMs;
  while (entry.open.size > 0 && performance.now() < endMs) await pause(LOOK_AGAIN_MS);
  entry.agent.destroy();
}

function toReport(entry: Entry, origin: string): RemoteReport {
  const { id, name, labels, state, startedAtMs, exitedAtMs } = entry;
  return {
    id,
    name,
    labels,
    state,
    ...(startedAtMs !== undefined && { startedAtMs }),
    ...(exitedAtMs !== undefined && { exitedAtMs }),
    ...(state === 'running' && { url: `${origin}/${name}` }),
  };
}
