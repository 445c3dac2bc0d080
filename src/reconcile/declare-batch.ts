import { randomUUID } from 'node:crypto';
import type { Control } from '../control.ts';
import { AppError, ERROR_CODES } from '../errors.ts';
import type { DeclareRequest } from '../model/declaration.ts';
import type { ServiceLimit } from '../model/service-limit.ts';
import type { Clock, Secrets, Store } from '../ports.ts';
import { approvalChanges } from './approve.ts';
import { requireOwner } from './control-declare.ts';
import type { Wake } from './loop.ts';
import { requireUnprotected } from './protection.ts';
import { requirePlace } from './quota.ts';
import {
  type Declarations,
  invalid,
  keepSecrets,
  type Reading,
  type ReadSet,
  readDocuments,
  unwritten,
} from './written-service.ts';

export type BatchWish = Pick<DeclareRequest, 'service' | 'origin' | 'change'>;

export interface BatchOptions extends Reading {
  readonly mode: 'auto' | 'approve';
  readonly secrets: Secrets;
  readonly limit: ServiceLimit;
  readonly store: Store;
  readonly control: Pick<Control, 'plan'>;
  readonly wake: (wake: Wake) => void;
  readonly clock: Clock;
}

/**
 * As `Control.declare` for many services, each once, in the time of a few: the folder is read twice, not twice
 * for each. Answers, by service, why something was refused. Throws an AppError where nothing more can be written
 * now; what was written until then stays, and asking again is right.
 */
export type DeclareBatch = (
  wishes: readonly BatchWish[],
  by: string,
) => Promise<ReadonlyMap<string, AppError>>;

export function createDeclareBatch(options: BatchOptions): DeclareBatch {
  return async (wishes, by) => {
    const set = await readDocuments(options.documents);
    await options.refresh();
    const refused = new Map<string, AppError>();
    const admitted = admit(options, { set, wishes }, refused);
    const writes = await declareKept(options, { set, wishes: admitted }, refused);
    const isLeft = ({ service }: BatchWish): boolean => !refused.has(service);
    letGo(options, admitted.filter(isLeft), by);
    for (const { file, before, after, services } of writes) {
      const failure = await refusalOf(options.documents.write(file, before, after));
      if (failure) for (const service of services) refused.set(service, failure);
    }
    await options.refresh();
    const written = admitted.filter(isLeft);
    await approve(options, written, by);
    if (written.length > 0) {
      options.wake({ names: written.map(({ service }) => service), documents: true });
    }
    return refused;
  };
}

interface Writing {
  readonly set: ReadSet;
  readonly wishes: readonly BatchWish[];
}

/** The documents without what is refused; the secrets of the others lie where they refer to. */
async function declareKept(
  options: BatchOptions,
  { set, wishes }: Writing,
  refused: Map<string, AppError>,
): Promise<Declarations['writes']> {
  const isLeft = ({ service }: BatchWish): boolean => !refused.has(service);
  const declare = (): Declarations =>
    options.declarer.declareAll({ set, desired: options.desired() }, wishes.filter(isLeft));
  const declared = declare();
  for (const [service, problems] of declared.refused) {
    refused.set(service, invalid(service, problems));
  }
  const before = refused.size;
  for (const [service, secrets] of declared.secrets) {
    const refusal = await refusalOf(keepSecrets(options.secrets, secrets));
    if (refusal) refused.set(service, refusal);
  }
  // Others may stand in the same document, which must not refer to what is not kept.
  return refused.size === before ? declared.writes : declare().writes;
}

/** What may be written, as far as that shows before. Deletions first: they make room. */
function admit(
  options: BatchOptions,
  { set, wishes }: Writing,
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
  const open = store.requests();
  const asked = new Set(open.map((request) => request.kind === 'remove' && request.service));
  store.commit(
    wishes
      .filter(({ service, change }) => change.kind === 'delete' && !asked.has(service))
      .map(({ service }) => {
        const id = randomUUID();
        return {
          kind: 'request',
          request: { kind: 'remove', id, service, volumes: false, by, atMs },
        };
      }),
  );
}

async function approve(
  { mode, control, desired, store, clock }: BatchOptions,
  wishes: readonly BatchWish[],
  by: string,
): Promise<void> {
  const names = wishes.filter(({ change }) => change.kind !== 'delete');
  if (mode !== 'approve' || names.length === 0) return;
  const plan = await control.plan({ names: names.map(({ service }) => service) });
  const services = new Map(desired().services.map((service) => [service.name, service]));
  store.commit(approvalChanges(plan, services, { by, clock, store }));
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
