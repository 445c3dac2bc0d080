import { expect } from 'vitest';
import { openStore } from '../../../src/adapters/sqlite/store.ts';
import { createDeclarer } from '../../../src/desired/declare.ts';
import { createChecks, createLoader } from '../../../src/desired/load.ts';
import { AppError } from '../../../src/errors.ts';
import type { Documents, DocumentSet, Store } from '../../../src/ports.ts';
import { carryOut } from '../../../src/reconcile/core/errands.ts';
import { createCoreInbox, type InboxOptions } from '../../../src/reconcile/core/inbox.ts';
import { createCoreMemories } from '../../../src/reconcile/core/memory.ts';
import type { CoreErrand } from '../../../src/reconcile/core/queue.ts';
import { createDeclareBatch } from '../../../src/reconcile/declare-batch.ts';
import { eventually } from '../../helpers/eventually.ts';
import { createOneAtATime } from '../../../src/reconcile/one-at-a-time.ts';

const POLICY = { allowRoot: false, allowedImages: [], allowedVolumeRoots: [] };
const SETTINGS = { runtime: 'memory', runtimes: ['memory'], policy: POLICY };
const checks = createChecks();
/** As a folder of files that keeps no name this long. */
const LONGEST_NAME = 200;
const SECRETS = {
  versions: async () => new Map(),
  resolve: async () => new Map(),
  fingerprint: async (text: string) => `of ${text}`,
  drop: async () => {},
  async keep(values: ReadonlyMap<string, string>) {
    const isLong = [...values.keys()].some(({ length }) => length > LONGEST_NAME);
    if (isLong) throw new AppError('REFUSED', 'the name is too long');
  },
};
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** Documents in memory; `state.isFull`: nothing can be written. */
function openTexts(
  texts: Record<string, string>,
  state: { readonly isFull: boolean; reads: number },
) {
  const files = new Map(Object.entries(texts));
  const documents: Documents = {
    read: () => {
      state.reads += 1;
      return Promise.resolve({
        ok: true,
        documentsFolder: '/desired',
        templatesFolder: '/templates',
        documents: [...files].map(([file, text]) => ({ file, text })),
        templates: [],
      });
    },
    async write(file, expected, text) {
      if (state.isFull) throw new AppError('STATE_UNWRITABLE', 'the disk is full');
      if (files.get(file) !== expected) throw new AppError('DOCUMENT_CHANGED', file);
      if (text === undefined) files.delete(file);
      else files.set(file, text);
    },
    writeTemplate: async () => {},
    watch: () => {},
    ensureManagerId: (id) => Promise.resolve(id),
  };
  return { files, documents };
}

/** As a file that somebody else holds for a moment: while `state.isLocked`, nothing is committed. */
export function lockable(store: Store, state: { readonly isLocked: boolean }): Store {
  const commit: Store['commit'] = (changes) => {
    if (state.isLocked && changes.length > 0) {
      throw new AppError('STATE_UNWRITABLE', 'database is locked');
    }
    store.commit(changes);
  };
  return Object.assign(Object.create(store), { commit });
}

/** What core's wishes are carried out with. */
function openParts(texts: Record<string, string>, most: number) {
  const state = { nowMs: Date.UTC(2026, 10, 29), isFull: false, isLocked: false, reads: 0 };
  const { files, documents } = openTexts(texts, state);
  const clock = () => state.nowMs;
  const file = ':memory:';
  const store = lockable(
    openStore({ file, source: '/test', clock, keepUndelivered: false }),
    state,
  );
  const { current, refresh } = openDesired(documents);
  const said: string[] = [];
  const memories = createCoreMemories(store, clock);
  const declareAll = createDeclareBatch({
    documents,
    declarer: createDeclarer(SETTINGS, checks),
    desired: current,
    refresh,
    secrets: SECRETS,
    limit: { most },
    store,
    inTurn: createOneAtATime(),
    written: async () => {},
    clock,
  });
  const parts = {
    declareAll,
    memories,
    desired: current,
    refresh,
    clock,
    log: { ...SILENT, info: (_fields: object, message: string) => void said.push(message) },
    fingerprint: (text: string) => text,
  };
  return { files, state, store, memories, said, parts };
}

/** What core wants, carried out upon documents in memory. */
export function openCoreDocuments(texts: Record<string, string> = {}, most = 50) {
  const opened = openParts(texts, most);
  const { files, memories, store, parts } = opened;
  const want = (...errands: readonly CoreErrand[]) =>
    carryOut({ ...parts, refused: () => {} }, errands);
  const start = (more: Pick<InboxOptions, 'missed'> = {}) =>
    startInbox({ ...parts, refused: () => {}, ...more });
  /** As a manager does that starts anew, until it has nothing more to do. */
  const restart = async (): Promise<void> => {
    const inbox = start();
    inbox.take(created('last'));
    await eventually(() => expect(memories.of('last').wish).toBeDefined());
    await inbox.end();
  };
  const events = () => refusalsIn(store);
  const names = () => [...files.keys()].toSorted();
  return { ...opened, want, start, restart, events, names };
}

function openDesired(documents: Documents) {
  const load = createLoader(SETTINGS, checks);
  let desired = load({ ok: false, cause: 'not read yet' });
  const refresh = async (): Promise<DocumentSet> => {
    const set = await documents.read(new AbortController().signal);
    desired = load(set);
    return set;
  };
  return { current: () => desired, refresh };
}

function refusalsIn(store: Store) {
  const events = store.events(0, 100).map(({ event }) => event);
  return events.filter(({ type }) => type.endsWith('.core.refused'));
}

function startInbox(options: InboxOptions) {
  const ending = new AbortController();
  const inbox = createCoreInbox(options);
  const running = inbox.run(ending.signal);
  const end = async (): Promise<void> => {
    ending.abort();
    await running;
  };
  return { ...inbox, end };
}

/** As a message tells it. */
export function created(
  instanceId: string,
  fields: Readonly<Record<string, unknown>> = { image: 'x' },
  source: 'message' | 'list' = 'message',
): CoreErrand & { readonly kind: 'created' } {
  const service = `echo-${instanceId}`;
  const platform = { instanceId, serviceName: 'Echo' };
  const whole = { ...fields, slug: service, platform };
  return { kind: 'created', instanceId, name: 'Echo', service, fields: whole, source };
}

export function deleted(instanceId: string): CoreErrand {
  return { kind: 'deleted', instanceId };
}
