import type { Control } from '../control.ts';
import { AppError, ERROR_CODES } from '../errors.ts';
import { digestOf } from '../model/canonical.ts';
import { type CoreCreation, type CoreMemory, DELETED_FOR_MS } from '../model/core.ts';
import type { Desired, DesiredService } from '../model/service.ts';
import type { Clock, Log } from '../ports.ts';
import { createBell } from './bell.ts';
import type { CoreMemories } from './core-memory.ts';
import { type CoreErrand, createCoreQueue } from './core-queue.ts';

const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5_000;
/** Between two looks for what may be forgotten. */
const SWEEP_EVERY = 1_000;

export interface CoreInboxOptions {
  readonly control: Pick<Control, 'declare'>;
  readonly memories: CoreMemories;
  readonly desired: () => Desired;
  /** Reads the documents again. */
  readonly refresh: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  /** After something was refused, which core is to be told. */
  readonly refused: () => void;
}

/** Carries out what core wants, one after the other, as documents of its own. */
export interface CoreInbox {
  take(errand: CoreErrand, bytes?: number): void;
  /** Until the signal aborts. What cannot be done now, as the folder cannot be written, waits. */
  run(signal: AbortSignal): Promise<void>;
  /** What does not work now. */
  troubles(): readonly string[];
}

export function createCoreInbox(options: CoreInboxOptions): CoreInbox {
  const { memories, log } = options;
  const queue = createCoreQueue(log);
  const bell = createBell();
  let trouble: string | undefined;
  let count = 0;

  /** Answers how long to wait before the same is tried again; undefined: it is done. */
  async function attempt(errand: CoreErrand, retryMs: number): Promise<number | undefined> {
    try {
      await carryOut(options, errand);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (ERROR_CODES[error.code] !== 'terminal') {
        trouble = `what the platform wants waits: ${error.message}`;
        return retryMs;
      }
      refuse(options, errand, error.message);
    }
    trouble = undefined;
    queue.done(errand);
    count += 1;
    if (count % SWEEP_EVERY === 0) memories.sweep();
    return undefined;
  }

  async function run(signal: AbortSignal): Promise<void> {
    await options.refresh();
    memories.sweep();
    for (const errand of unfinished(options)) queue.add(errand);
    let retryMs = FIRST_RETRY_MS;
    while (!signal.aborted) {
      const errand = queue.first();
      if (errand === undefined) {
        await bell.wait(signal);
        continue;
      }
      const waitMs = await attempt(errand, retryMs);
      retryMs = waitMs === undefined ? FIRST_RETRY_MS : Math.min(retryMs * 2, LAST_RETRY_MS);
      if (waitMs !== undefined) await bell.wait(signal, waitMs);
    }
  }

  return {
    take(errand, bytes) {
      queue.add(errand, bytes);
      bell.ring();
    },
    run,
    troubles: () => (trouble === undefined ? [] : [trouble]),
  };
}

/** Deletions that were remembered and not carried out when the manager ended. */
function unfinished({ memories, desired }: CoreInboxOptions): readonly CoreErrand[] {
  return desired().services.flatMap(({ platform }): CoreErrand[] => {
    const instanceId = platform?.instanceId ?? '';
    const { deletedAtMs } = memories.of(instanceId);
    return deletedAtMs === undefined ? [] : [{ kind: 'deleted', instanceId }];
  });
}

async function carryOut(options: CoreInboxOptions, errand: CoreErrand): Promise<void> {
  switch (errand.kind) {
    case 'created':
      return create(options, errand);
    case 'refused':
      return refuse(options, errand, errand.cause);
    case 'deleted':
      return remove(options, errand.instanceId);
    case 'unlisted':
      return unlist(options, errand.instanceId);
  }
}

async function create(
  options: CoreInboxOptions,
  { instanceId, service, fields, source }: CoreCreation & { readonly source: 'message' | 'list' },
): Promise<void> {
  const { control, memories, clock } = options;
  const memory = memories.of(instanceId);
  if (isDeleted(memory, clock())) return;
  const found = find(options, instanceId);
  const wish = digestOf(fields);
  // What a person has changed or removed by hand stays so until core wants something else.
  if (memory.wish === wish && (found || source === 'list')) return;
  if (found && found.origin !== 'core') return;
  const name = found?.name ?? memory.service ?? service;
  // The address of a service stays, whatever core calls it now.
  const wanted = { ...fields, ...(found && { slug: found.slug }) };
  const change = { kind: 'put', fields: wanted } as const;
  await control.declare({ service: name, origin: 'core', change, by: 'core' });
  remember(options, instanceId, ({ told }) => ({
    service: name,
    wish,
    ...(told && { told }),
  }));
}

/** Remembered first: whatever happens now, it is not created any more, and goes at the next start. */
async function remove(options: CoreInboxOptions, instanceId: string): Promise<void> {
  const { service } = options.memories.of(instanceId);
  const deletedAtMs = options.clock();
  remember(options, instanceId, ({ told }) => ({
    deletedAtMs,
    ...(told && { told }),
    ...(service !== undefined && { service }),
  }));
  await takeOut(options, find(options, instanceId), service);
}

/** May be listed again some day. */
async function unlist(options: CoreInboxOptions, instanceId: string): Promise<void> {
  const found = find(options, instanceId);
  if (found?.origin !== 'core') return;
  await takeOut(options, found, undefined);
  remember(options, instanceId, ({ told }) => ({ ...(told && { told }) }));
}

/** What belongs to people stays; `service`: as it was called, where its document cannot be read now. */
async function takeOut(
  { control, log }: CoreInboxOptions,
  found: DesiredService | undefined,
  service: string | undefined,
): Promise<void> {
  const name = found?.name ?? service;
  if (name === undefined) return;
  const origin = found?.origin ?? 'core';
  if (origin === 'file') {
    log.info({ service: name }, 'the platform has deleted it; it stays, as it belongs to people');
    return;
  }
  try {
    await control.declare({ service: name, origin, change: { kind: 'delete' }, by: 'core' });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'SERVICE_UNKNOWN') throw error;
  }
}

/** Core is told; what runs of the instance already goes on. */
function refuse(options: CoreInboxOptions, errand: CoreErrand, cause: string): void {
  const { instanceId } = errand;
  const { memories, log, clock } = options;
  log.warn({ instance: instanceId, cause }, 'what the platform wants is refused');
  const memory = memories.of(instanceId);
  const isCreation = errand.kind === 'created' || errand.kind === 'refused';
  if (!isCreation || isDeleted(memory, clock()) || find(options, instanceId)) return;
  if (memory.refusal?.cause === cause) return;
  const refusal = { name: errand.name, cause, atMs: clock() };
  remember(options, instanceId, ({ told }) => ({ refusal, ...(told && { told }) }));
  options.refused();
}

function find({ desired }: CoreInboxOptions, instanceId: string): DesiredService | undefined {
  return desired().services.find(({ platform }) => platform?.instanceId === instanceId);
}

function isDeleted({ deletedAtMs }: CoreMemory, nowMs: number): boolean {
  return deletedAtMs !== undefined && nowMs - deletedAtMs <= DELETED_FOR_MS;
}

function remember(
  { memories }: CoreInboxOptions,
  instanceId: string,
  change: (memory: CoreMemory) => CoreMemory,
): void {
  memories.change(new Map([[instanceId, change]]));
}
