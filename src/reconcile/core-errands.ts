import type { AppError } from '../errors.ts';
import { digestOf } from '../model/canonical.ts';
import { type CoreMemory, isDeleted } from '../model/core.ts';
import { LONGEST_SERVICE_NAME } from '../model/names.ts';
import type { Desired, DesiredService } from '../model/service.ts';
import type { ChangeMemory, CoreMemories } from './core-memory.ts';
import type { CoreErrand } from './core-queue.ts';
import { type Refusal, type RefusalOptions, refuse } from './core-refusal.ts';
import type { BatchWish, DeclareBatch } from './declare-batch.ts';

export interface ErrandOptions extends RefusalOptions {
  readonly declareAll: DeclareBatch;
  readonly memories: CoreMemories;
  readonly desired: () => Desired;
  /** Reads the documents again. */
  readonly refresh: () => Promise<unknown>;
}

/**
 * Does what core wants of these instances, each of which is named once. What cannot be done ever is refused, and
 * kept for core to be told. Throws the AppErrors of `DeclareBatch`: asking again is right.
 */
export async function carryOut(
  options: ErrandOptions,
  errands: readonly CoreErrand[],
): Promise<void> {
  const { memories, declareAll } = options;
  await options.refresh();
  const known = toKnown(options);
  const steps = errands.flatMap((errand) => toStep(options, errand, known));
  const removed = new Set(steps.map(({ errand }) => errand));
  // Remembered first: whatever happens now, it is not created any more, and goes at the next start.
  memories.change(
    new Map(errands.flatMap((errand) => rememberDeletion(options, errand, removed.has(errand)))),
  );
  const wishes = steps.map(({ wish }) => wish);
  // Where not everything could be read, more may have to be written than shows.
  const isNothing = wishes.length === 0 && options.desired().complete;
  const refused = isNothing ? new Map<string, AppError>() : await declareAll(wishes, 'core');
  const changes = new Map<string, ChangeMemory>();
  const refusals: Omit<Refusal, 'service'>[] = errands.flatMap((errand) =>
    errand.kind === 'refused' ? [{ errand, cause: errand.cause }] : [],
  );
  for (const { errand, wish, done } of steps) {
    const refusal = refused.get(wish.service);
    const isRefused = refusal !== undefined && !isGone(refusal);
    if (isRefused) refusals.push({ errand, cause: textOf(refusal) });
    // A deletion that is refused is over, too: it must not come back after a restart.
    if (!isRefused || errand.kind === 'deleted') changes.set(errand.instanceId, done);
  }
  const events = refusals.flatMap((refusal) => {
    const service = known.byInstance.get(refusal.errand.instanceId)?.name;
    return refuse(options, { ...refusal, service }, changes);
  });
  memories.change(changes, events);
}

/** Deletions that wait go at the next start, should the manager end before. Throws STATE_UNWRITABLE. */
export function rememberWaiting(options: ErrandOptions, errands: readonly CoreErrand[]): void {
  const { memories, desired, clock } = options;
  const late = errands.filter(({ instanceId }) => !isDeleted(memories.of(instanceId), clock()));
  if (late.length === 0) return;
  const here = new Set(desired().services.map(({ platform }) => platform?.instanceId));
  const changes = late.flatMap((errand) => {
    const { service } = memories.of(errand.instanceId);
    return rememberDeletion(options, errand, service !== undefined || here.has(errand.instanceId));
  });
  memories.change(new Map(changes));
}

/** Whether core's list says only what was carried out already. */
export function isCarriedOut(memories: CoreMemories, errand: CoreErrand): boolean {
  if (errand.kind !== 'created' || errand.source !== 'list') return false;
  return memories.of(errand.instanceId).wish === digestOf(errand.fields);
}

interface Known {
  readonly byInstance: ReadonlyMap<string, DesiredService>;
  /** Names that are taken, also by what is about to be written. */
  readonly names: Set<string>;
}

function toKnown({ desired }: ErrandOptions): Known {
  const { services } = desired();
  const byInstance = new Map(
    services.toReversed().map((service) => [service.platform?.instanceId ?? '', service]),
  );
  return { byInstance, names: new Set(services.map(({ name }) => name)) };
}

interface Step {
  readonly errand: CoreErrand;
  readonly wish: BatchWish;
  /** What is remembered once it is done. */
  readonly done: ChangeMemory;
}

/** Nothing where there is nothing to write. */
function toStep(options: ErrandOptions, errand: CoreErrand, known: Known): readonly Step[] {
  switch (errand.kind) {
    case 'created':
      return toCreation(options, errand, known);
    case 'deleted':
    case 'unlisted':
      return toRemoval(options, errand, known);
    case 'refused':
      return [];
  }
}

function toCreation(
  { memories, clock }: ErrandOptions,
  errand: CoreErrand & { readonly kind: 'created' },
  { byInstance, names }: Known,
): readonly Step[] {
  const { instanceId, service, fields, source } = errand;
  const memory = memories.of(instanceId);
  if (isDeleted(memory, clock())) return [];
  const found = byInstance.get(instanceId);
  const digest = digestOf(fields);
  // What a person has changed or removed by hand stays so until core wants something else.
  if (memory.wish === digest && (found || source === 'list')) return [];
  if (found && found.origin !== 'core') return [];
  const isOwn = memory.service !== undefined && !names.has(memory.service);
  const name = found?.name ?? (isOwn ? memory.service : undefined) ?? freeName(service, names);
  names.add(name);
  // The address of a service stays, whatever core calls it now.
  const slug = found?.slug ?? (name === service ? undefined : name);
  const wanted = { ...fields, ...(slug !== undefined && { slug }) };
  const change = { kind: 'put', fields: wanted } as const;
  const done: ChangeMemory = ({ told, listed }) => ({
    service: name,
    wish: digest,
    ...((source === 'list' || listed === true) && { listed: true }),
    ...keep(told),
  });
  return [{ errand, wish: { service: name, origin: 'core', change }, done }];
}

/** The name with the first number that nobody has. */
function freeName(service: string, names: ReadonlySet<string>): string {
  let name = service;
  for (let number = 2; names.has(name); number += 1) {
    const suffix = `-${number}`;
    name = `${service.slice(0, LONGEST_SERVICE_NAME - suffix.length)}${suffix}`;
  }
  return name;
}

function rememberDeletion(
  { clock }: ErrandOptions,
  errand: CoreErrand,
  removing: boolean,
): readonly (readonly [string, ChangeMemory])[] {
  if (errand.kind !== 'deleted') return [];
  const deletedAtMs = clock();
  const change: ChangeMemory = ({ told, service, refusedFor }) => ({
    deletedAtMs,
    ...(removing && { removing }),
    ...keep(told),
    ...(refusedFor !== undefined && { refusedFor }),
    ...(service !== undefined && { service }),
  });
  return [[errand.instanceId, change]];
}

/** What belongs to people stays. Where its document cannot be read now, it is found by its name. */
function toRemoval(
  { memories, log }: ErrandOptions,
  errand: CoreErrand & { readonly kind: 'deleted' | 'unlisted' },
  { byInstance, names }: Known,
): readonly Step[] {
  const { instanceId, kind } = errand;
  const found = byInstance.get(instanceId);
  const service = found?.name ?? memories.of(instanceId).service;
  // Another one has taken the name.
  if (service !== undefined && !found && names.has(service)) return [];
  if (service === undefined || (kind === 'unlisted' && found?.origin !== 'core')) return [];
  const origin = found?.origin ?? 'core';
  if (origin === 'file') {
    log.info({ service }, 'the platform has deleted it; it stays, as it belongs to people');
    return [];
  }
  // May be listed again some day; what was deleted is not.
  const done: ChangeMemory = ({ removing: _removed, ...memory }) =>
    kind === 'deleted' ? memory : { ...keep(memory.told) };
  return [{ errand, wish: { service, origin, change: { kind: 'delete' } }, done }];
}

function textOf({ message, hint }: AppError): string {
  return hint === undefined ? message : `${message} (${hint})`;
}

function isGone({ code }: AppError): boolean {
  return code === 'SERVICE_UNKNOWN';
}

function keep(told: CoreMemory['told']): Pick<CoreMemory, 'told'> {
  return told ? { told } : {};
}
