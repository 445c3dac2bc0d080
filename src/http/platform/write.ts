import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Control, Inspection, ServiceDetail } from '../../control.ts';
import { AppError } from '../../errors.ts';
import type { DeclareRequest } from '../../model/declaration.ts';
import type { ServiceLimit } from '../../model/service-limit.ts';
import type { ServiceState } from '../../model/status.ts';
import { toWriteOutcome, type WriteOutcome } from '../../platform/write-outcome.ts';
import { identityOf } from '../access.ts';
import { goneOf } from '../gone.ts';
import { powerOwner } from '../power-owner.ts';
import { PlatformRefusal } from './refusal.ts';

/** What the platform's routes work with. */
export interface PlatformOptions {
  readonly control: Control;
  readonly inspection: Inspection;
  readonly version: string;
  /** So long an answer waits for what becomes of a write. */
  readonly startupMs: number;
  /** How many services there may be. */
  readonly limit: ServiceLimit;
}

export interface Asking {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly options: PlatformOptions;
}

type Wish = Omit<DeclareRequest, 'origin' | 'by'> & Partial<Pick<DeclareRequest, 'origin'>>;

/** A service that shall run as it was written. */
export interface WrittenToRun {
  readonly detail: ServiceDetail;
  readonly outcome: Exclude<WriteOutcome, { readonly kind: 'failed' }>;
}

/** Writes what shall run from now on, and waits. Throws 500 (409 of a paused one) with why it does not run so, or, if it `mayBeOld`, not at all. */
export async function writeToRun(
  asking: Asking,
  wish: Wish,
  failure: keyof typeof DEEDS,
  mayBeOld: { readonly mayBeOld: boolean } = { mayBeOld: false },
): Promise<WrittenToRun> {
  const { detail, isSettled } = requireThere(await write(asking, wish), wish, failure);
  const outcome = toWriteOutcome(detail.status, { isSettled, ...mayBeOld });
  if (outcome.kind !== 'failed') return { detail, outcome };
  const { cause, way } = outcome;
  const text = `Failed to ${DEEDS[failure]}: ${cause} (${way})`;
  // With core, 409 of a creation counts as a success.
  const code = wish.ifNew === true ? 500 : codeOf(detail);
  throw new PlatformRefusal(code, failure, text);
}

const DEEDS = {
  container_creation_failed: 'create container',
  instance_creation_failed: 'create container',
  instance_update_failed: 'update instance',
} as const;

/** Switches it off, and waits: `isStopping` where something of it is there still. Throws 500 with why it stays. */
export async function writeToStop(
  asking: Asking,
  service: string,
): Promise<{ readonly detail: ServiceDetail; readonly isStopping: boolean }> {
  const failure = 'container_stop_failed';
  const origin = await powerOwner(asking.options.control, service);
  const wish = { service, origin, change: { kind: 'merge', fields: { power: 'off' } } } as const;
  const { detail } = requireThere(await write(asking, wish), wish, failure);
  const why = findStuck(detail);
  const way = 'it is declared to be off, and stops as soon as it can';
  if (why === undefined) return { detail, isStopping: detail.status.state !== 'Stopped' };
  throw new PlatformRefusal(codeOf(detail), failure, `Failed to stop container: ${why} (${way})`);
}

/**
 * Takes it out, and answers what still goes on where it is not gone yet: nothing, or its `status`. Throws 500 with
 * why it does not go.
 */
export async function writeToGo(
  asking: Asking,
  service: string,
  failure: 'container_deletion_failed' | 'instance_deletion_failed',
): Promise<{ readonly status?: string }> {
  const left = await write(asking, { service, change: { kind: 'delete' } });
  if (!left) return {};
  const why = findStuck(left.detail);
  if (why === undefined) return { status: 'stopping' };
  const way = 'it is declared no more, and goes as soon as it can';
  const text = `Failed to remove container: ${why} (${way})`;
  throw new PlatformRefusal(codeOf(left.detail), failure, text);
}

/** What somebody has asked for is in the way, and nothing has failed. */
function codeOf({ status }: ServiceDetail): 409 | 500 {
  return status.state === 'Paused' ? 409 : 500;
}

/** Why nothing is done about what should end. */
function findStuck({ status: { state, cause } }: ServiceDetail): string | undefined {
  return STUCK.has(state) ? cause || state : undefined;
}

const STUCK: ReadonlySet<ServiceState> = new Set(['Frozen', 'Blocked', 'Failed', 'Paused']);

function requireThere(written: Written | undefined, { service }: Wish, failure: string): Written {
  if (written) return written;
  throw new PlatformRefusal(409, failure, `${service} was removed meanwhile`);
}

interface Written {
  readonly detail: ServiceDetail;
  /** The manager has come to an end with it; else the answer was due before. */
  readonly isSettled: boolean;
}

/**
 * Writes the document, and waits for what becomes of it for at most `startupMs`, or until nobody waits for
 * the answer any more: what was written goes on either way. Undefined: the service is gone.
 */
async function write(
  { request, reply, options }: Asking,
  wish: Wish,
): Promise<Written | undefined> {
  const { control, inspection, startupMs } = options;
  request.concerns = wish.service;
  const workspace = request.access?.identity.workspace;
  const declared = await control.declare({
    origin: 'api',
    ...wish,
    by: identityOf(request),
    ...(workspace !== undefined && { workspace }),
  });
  request.workspace = declared.workspace ?? null;
  const signal = AbortSignal.any([goneOf(reply), AbortSignal.timeout(startupMs)]);
  await inspection.settled(wish.service, signal);
  const isSettled = !signal.aborted;
  const detail = inspection.details().find(({ status }) => status.name === wish.service);
  return detail && { detail, isSettled };
}

/** Throws 409 in the platform's words where the service, or another one of the same instance, is there already. */
export async function refuseTwice<Result>(
  creating: Promise<Result>,
  failure: string,
  text: string,
): Promise<Result> {
  return creating.catch((error: unknown) => {
    throw isThereAlready(error) ? new PlatformRefusal(409, failure, text) : error;
  });
}

function isThereAlready(error: unknown): boolean {
  if (!(error instanceof AppError)) return false;
  const isTaken = error.problems.some(({ code }) => code === 'INSTANCE_TAKEN');
  return isTaken || error.code === 'PRECONDITION_FAILED';
}
