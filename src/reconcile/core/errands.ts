import type { AppError } from '../../errors.ts';
import { toCanonicalJson } from '../../model/canonical.ts';
import { type CoreCreation, type CoreMemory, isDeleted } from '../../model/core.ts';
import { LONGEST_SERVICE_NAME } from '../../model/names.ts';
import { toRecord } from '../../model/record.ts';
import type { Desired, DesiredService } from '../../model/service.ts';
import { keepTold, rememberDeletion, tellAgain } from './deletions.ts';
import type { ChangeMemory, CoreMemories } from './memory.ts';
import type { CoreErrand } from './queue.ts';
import { type Refusal, type RefusalOptions, refuse } from './refusal.ts';
import type { BatchWish, DeclareBatch } from '../declare-batch.ts';

export interface ErrandOptions extends RefusalOptions {
  readonly declareAll: DeclareBatch;
  readonly memories: CoreMemories;
  readonly desired: () => Desired;
  /** Reads the documents again. */
  readonly refresh: () => Promise<unknown>;
  /** Of equal texts the same; tells nobody who guesses what the text is. */
  readonly fingerprint: (text: string) => string;
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
  const outcome = toOutcome({ errands, steps, refused, isHidden });
  const changes = new Map(outcome.changes);
  const events = outcome.refusals.flatMap((refusal) => {
    const service = known.byInstance.get(refusal.errand.instanceId);
    return refuse(options, { ...refusal, service }, changes);
  });
  memories.change(changes, events);

  /** Its document cannot be read now, and it may run on. */
  function isHidden({ instanceId }: CoreErrand): boolean {
    return known.byInstance.has(instanceId) || !options.desired().complete;
  }
}

interface Tried {
  readonly errands: readonly CoreErrand[];
  readonly steps: readonly Step[];
  readonly refused: ReadonlyMap<string, AppError>;
  readonly isHidden: (errand: CoreErrand) => boolean;
}

interface Outcome {
  /** What is remembered from now on, by instance. */
  readonly changes: readonly (readonly [string, ChangeMemory])[];
  readonly refusals: readonly Omit<Refusal, 'service'>[];
}

function toOutcome({ errands, steps, refused, isHidden }: Tried): Outcome {
  const changes: (readonly [string, ChangeMemory])[] = [];
  const refusals: Omit<Refusal, 'service'>[] = errands.flatMap((errand) =>
    errand.kind === 'refused' ? [{ errand, cause: errand.cause }] : [],
  );
  for (const { errand, wish, done } of steps) {
    const refusal = refused.get(wish.service);
    // Still to be removed.
    if (refusal && isGone(refusal) && isHidden(errand)) continue;
    const isRefused = refusal !== undefined && !isGone(refusal);
    if (isRefused) refusals.push({ errand, cause: textOf(refusal) });
    // A deletion that is refused is over, too: it must not come back after a restart.
    if (!isRefused || errand.kind === 'deleted') changes.push([errand.instanceId, done]);
  }
  return { changes, refusals };
}

/** Whether core's list says only what was carried out already. */
export function isCarriedOut(options: ErrandOptions, errand: CoreErrand): boolean {
  if (errand.kind !== 'created' || errand.source !== 'list') return false;
  return options.memories.of(errand.instanceId).wish === digestOf(options, errand);
}

/** Keyed, as there may be secrets in clear among the fields. */
function digestOf({ fingerprint }: ErrandOptions, { fields }: CoreCreation): string {
  return fingerprint(toCanonicalJson(fields));
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
  options: ErrandOptions,
  errand: CoreErrand & { readonly kind: 'created' },
  { byInstance, names }: Known,
): readonly Step[] {
  const { memories, clock, log } = options;
  const { instanceId, service, fields, source } = errand;
  const memory = memories.of(instanceId);
  if (isDeleted(memory, clock())) return [];
  const found = byInstance.get(instanceId);
  if (!found && isNotToRun(errand, memory)) return [];
  const digest = digestOf(options, errand);
  // What a person has changed or removed by hand stays so until core wants something else.
  if (memory.wish === digest && (found || source === 'list')) return [];
  const isOwn = memory.service !== undefined && !names.has(memory.service);
  const name = found?.name ?? (isOwn ? memory.service : undefined) ?? freeName(service, names);
  names.add(name);
  const kept = keptOf(found, name === service ? undefined : name);
  const isOff = found?.origin === 'core' && found.power === 'off';
  if (isOff) log.info({ service: name }, 'the platform has changed it; it stays off, as here');
  const platform = platformOf(fields, found);
  const change = { kind: 'put', fields: { ...fields, ...platform, ...kept } } as const;
  const done: ChangeMemory = ({ told, listed }) => ({
    service: name,
    wish: digest,
    ...((source === 'list' || listed === true) && { listed: true }),
    ...(isOff ? tellAgain(told) : keepTold(told)),
  });
  return [{ errand, wish: { service: name, origin: 'core', change }, done }];
}

/** What failed for our refusal is tried again: there may be room for it now. */
function isNotToRun({ standing }: CoreCreation, { refusal }: CoreMemory): boolean {
  return standing === 'stopped' || (standing === 'failed' && refusal === undefined);
}

/** What core cannot change: the address, whatever it calls the service now, and off, for which it has no word. */
function keptOf(found: DesiredService | undefined, newSlug: string | undefined) {
  const slug = found?.slug ?? newSlug;
  return {
    ...(found?.power === 'off' && { power: 'off' }),
    ...(slug !== undefined && { slug }),
  };
}

/** Messages name no workspace: what is of one by the list stays of it. */
function platformOf({ platform }: CoreCreation['fields'], found: DesiredService | undefined) {
  const workspaceId = found?.platform?.workspaceId;
  return workspaceId === undefined ? {} : { platform: { workspaceId, ...toRecord(platform) } };
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
    kind === 'deleted' ? memory : { ...keepTold(memory.told) };
  return [{ errand, wish: { service, origin, change: { kind: 'delete' } }, done }];
}

/** The limit is told to the letter, as core knows it. */
function textOf({ code, message, hint }: AppError): string {
  return hint === undefined || code === 'LIMIT_REACHED' ? message : `${message} (${hint})`;
}

function isGone({ code }: AppError): boolean {
  return code === 'SERVICE_UNKNOWN';
}
