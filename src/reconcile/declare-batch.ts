import { AppError, ERROR_CODES } from '../errors.ts';
import type { DeclareRequest } from '../model/declaration.ts';
import type { ServiceLimit } from '../model/service-limit.ts';
import type { Clock, Secrets, Store } from '../ports.ts';
import type { AfterWrite } from './after-write.ts';
import { requireOwner } from './control-declare.ts';
import { letGo } from './let-go.ts';
import type { OneAtATime } from './one-at-a-time.ts';
import { requireUnprotected } from './protection.ts';
import { requirePlace, workspaceIn } from './quota.ts';
import {
  type Declarations,
  invalid,
  keepSecrets,
  type Reading,
  type ReadSet,
  requireRead,
  unwritten,
} from './written-service.ts';

export type BatchWish = Pick<DeclareRequest, 'service' | 'origin' | 'change'>;

export interface BatchOptions extends Reading {
  readonly secrets: Secrets;
  readonly limit: ServiceLimit;
  readonly store: Store;
  readonly inTurn: OneAtATime;
  readonly written: AfterWrite;
  readonly clock: Clock;
}

/**
 * As `Control.declare` for many services, each once, in the time of a few: all in one turn. Answers, by service,
 * why something was refused. Throws an AppError where nothing more can be written now; what was written until
 * then stays, and asking again is right.
 */
export type DeclareBatch = (
  wishes: readonly BatchWish[],
  by: string,
) => Promise<ReadonlyMap<string, AppError>>;

export function createDeclareBatch(options: BatchOptions): DeclareBatch {
  return (wishes, by) => options.inTurn(() => declareAll(options, wishes, by));
}

async function declareAll(
  options: BatchOptions,
  wishes: readonly BatchWish[],
  by: string,
): Promise<ReadonlyMap<string, AppError>> {
  const set = requireRead(await options.refresh());
  const refused = new Map<string, AppError>();
  const isLeft = ({ service }: BatchWish): boolean => !refused.has(service);
  const allowed = allow(options, { set, wishes }, refused);
  const declare = (some: readonly BatchWish[]): Declarations =>
    options.declarer.declareAll({ set, desired: options.desired() }, some.filter(isLeft));
  const tried = declare(allowed);
  for (const [service, problems] of tried.refused) refused.set(service, invalid(service, problems));
  // What is refused takes no place.
  const valid = allowed.filter(isLeft);
  giveOutPlaces(options, { set, wishes: valid }, refused);
  const kept: Kept = new Map();
  const done = new Set<string>();
  const isStaying = (service: string): boolean => !done.has(service);
  let takeBack: ReturnType<typeof letGo> | undefined;
  try {
    await keepAll(options, tried, { kept, refused });
    // Others may stand in the same document, which must not refer to what is not there.
    const { writes } = valid.every(isLeft) ? tried : declare(valid);
    const admitted = valid.filter(isLeft);
    takeBack = letGo(options, toNames(admitted.filter(isDeletion)), by);
    await writeAll(options, writes, { admitted: toNames(admitted), done, refused });
  } finally {
    for (const [service, putBack] of kept) if (isStaying(service)) await putBack();
    takeBack?.(isStaying);
  }
  const written = valid.filter(isLeft);
  if (written.length > 0) await options.written(written, by);
  return refused;
}

/** By service: how to put back what its secrets were before. */
type Kept = Map<string, () => Promise<void>>;

interface Outcome {
  readonly admitted: readonly string[];
  readonly done: Set<string>;
  readonly refused: Map<string, AppError>;
}

/** One after the other. Where nothing of a document changes, its secrets were all. */
async function writeAll(
  { documents }: BatchOptions,
  writes: Declarations['writes'],
  { admitted, done, refused }: Outcome,
): Promise<void> {
  const wanted = new Set(writes.flatMap(({ services }) => services));
  for (const service of admitted) if (!wanted.has(service)) done.add(service);
  for (const { file, before, after, services } of writes) {
    const failure = await refusalOf(documents.write(file, before, after));
    const note = (service: string) => (failure ? refused.set(service, failure) : done.add(service));
    services.forEach(note);
  }
}

/** Secrets of each service by itself: one that can never be kept concerns no other. */
async function keepAll(
  { secrets }: BatchOptions,
  declared: Declarations,
  { kept, refused }: Pick<Outcome, 'refused'> & { readonly kept: Kept },
): Promise<void> {
  for (const [service, sheltered] of declared.secrets) {
    if (refused.has(service)) continue;
    const keeping = keepSecrets(secrets, sheltered).then((putBack) => kept.set(service, putBack));
    const refusal = await refusalOf(keeping);
    if (refusal) refused.set(service, refusal);
  }
}

interface Wishes {
  readonly set: ReadSet;
  readonly wishes: readonly BatchWish[];
}

/** Those whose services may be written by who wants it, and may go. */
function allow(
  options: BatchOptions,
  { set, wishes }: Wishes,
  refused: Map<string, AppError>,
): readonly BatchWish[] {
  const desired = options.desired();
  const histories = options.store.histories();
  return wishes.filter((wish) =>
    isDone(wish, refused, () => {
      const written = options.declarer.find(set, desired, wish.service);
      requireOwner(wish, written);
      if (wish.change.kind !== 'put' && !written) throw unwritten(wish.service);
      if (isDeletion(wish)) requireUnprotected(wish.service, desired, histories);
    }),
  );
}

/** To those that are new, in their order. Deletions make room. */
function giveOutPlaces(
  { declarer, limit, desired }: BatchOptions,
  { set, wishes }: Wishes,
  refused: Map<string, AppError>,
): void {
  const leaving = new Set(wishes.filter(isDeletion).map(({ service }) => service));
  const counted: Counted[] = desired().services.filter(({ name }) => !leaving.has(name));
  for (const wish of wishes) {
    const { service, change } = wish;
    if (change.kind !== 'put') continue;
    const { fields } = change;
    const wanted = { ...wish, fields };
    if (!isDone(wish, refused, () => requirePlace(limit, { services: counted }, wanted))) continue;
    if (!declarer.find(set, desired(), service)) counted.push(toCounted(wish, fields));
  }
}

function toNames(wishes: readonly BatchWish[]): readonly string[] {
  return wishes.map(({ service }) => service);
}

function isDeletion({ change }: BatchWish): boolean {
  return change.kind === 'delete';
}

/** Whether it could be done; else why not is among the refused. */
function isDone({ service }: BatchWish, refused: Map<string, AppError>, work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    refused.set(service, toRefusal(error));
    return false;
  }
}

type Counted = Parameters<typeof requirePlace>[1]['services'][number];

function toCounted(
  { service, origin }: BatchWish,
  { platform }: { readonly platform?: unknown },
): Counted {
  const workspaceId = workspaceIn(platform);
  return { name: service, origin, ...(workspaceId !== undefined && { platform: { workspaceId } }) };
}

/** What one document alone stands in the way of; anything else is thrown. */
async function refusalOf(write: Promise<unknown>): Promise<AppError | undefined> {
  try {
    await write;
    return undefined;
  } catch (error) {
    return toRefusal(error);
  }
}

function toRefusal(error: unknown): AppError {
  if (error instanceof AppError && ERROR_CODES[error.code] === 'terminal') return error;
  throw error;
}
