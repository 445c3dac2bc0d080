import { randomUUID } from 'node:crypto';
import { AppError, ERROR_CODES } from '../errors.ts';
import type { DeclareRequest } from '../model/declaration.ts';
import type { ServiceLimit } from '../model/service-limit.ts';
import type { Clock, Secrets, Store } from '../ports.ts';
import type { AfterWrite } from './after-write.ts';
import { requireOwner } from './control-declare.ts';
import type { OneAtATime } from './one-at-a-time.ts';
import { requireUnprotected } from './protection.ts';
import { requirePlace } from './quota.ts';
import {
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
 * As `Control.declare` for many services, each once, in the time of a few: all in one turn. Answers, by service, why something was refused. Throws an AppError where nothing more can be written
 * now; what was written until then stays, and asking again is right.
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
  const admitted = admit(options, { set, wishes }, refused);
  const declared = options.declarer.declareAll({ set, desired: options.desired() }, admitted);
  for (const [service, problems] of declared.refused) {
    refused.set(service, invalid(service, problems));
  }
  const isLeft = ({ service }: BatchWish): boolean => !refused.has(service);
  letGo(options, admitted.filter(isLeft), by);
  await keepSecrets(options.secrets, declared.secrets);
  for (const { file, before, after, services } of declared.writes) {
    const failure = await refusalOf(options.documents.write(file, before, after));
    if (failure) for (const service of services) refused.set(service, failure);
  }
  const written = admitted.filter(isLeft);
  if (written.length > 0) await options.written(written, by);
  return refused;
}

/** What may be written, as far as that shows before. Deletions first: they make room. */
function admit(
  options: BatchOptions,
  { set, wishes }: { readonly set: ReadSet; readonly wishes: readonly BatchWish[] },
  refused: Map<string, AppError>,
): readonly BatchWish[] {
  const { declarer, limit } = options;
  const desired = options.desired();
  const histories = options.store.histories();
  const isDeletion = ({ change }: BatchWish): boolean => change.kind === 'delete';
  const leaving = new Set(wishes.filter(isDeletion).map(({ service }) => service));
  const counted: Counted[] = desired.services.filter(({ name }) => !leaving.has(name));
  const ordered = wishes.toSorted((a, b) => Number(isDeletion(b)) - Number(isDeletion(a)));
  return ordered.filter((wish) => {
    try {
      const written = declarer.find(set, desired, wish.service);
      requireOwner(wish, written);
      if (wish.change.kind !== 'put') {
        if (!written) throw unwritten(wish.service);
        if (isDeletion(wish)) requireUnprotected(wish.service, desired, histories);
      } else {
        const { fields } = wish.change;
        requirePlace(limit, { services: counted }, { ...wish, fields });
        if (!written) counted.push(toCounted(wish, fields));
      }
      return true;
    } catch (error) {
      refused.set(wish.service, toRefusal(error));
      return false;
    }
  });
}

type Counted = Parameters<typeof requirePlace>[1]['services'][number];

function toCounted(
  { service, origin }: BatchWish,
  { platform }: { readonly platform?: unknown },
): Counted {
  const isMap = typeof platform === 'object' && platform !== null && 'workspaceId' in platform;
  const workspaceId = isMap ? platform.workspaceId : undefined;
  return {
    name: service,
    origin,
    ...(typeof workspaceId === 'string' && { platform: { workspaceId } }),
  };
}

/** A wish by name is its own approval: what is left of them then is no disappearance. */
function letGo({ store, clock }: BatchOptions, wishes: readonly BatchWish[], by: string): void {
  const atMs = clock();
  store.commit(
    wishes
      .filter(({ change }) => change.kind === 'delete')
      .map(({ service }) => {
        const id = randomUUID();
        return {
          kind: 'request',
          request: { kind: 'remove', id, service, volumes: false, by, atMs },
        };
      }),
  );
}

/** What one document alone stands in the way of; anything else is thrown. */
async function refusalOf(write: Promise<void>): Promise<AppError | undefined> {
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
