import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Control, Inspection, ServiceDetail } from '../../control.ts';
import { AppError } from '../../errors.ts';
import type { DeclareRequest } from '../../model/declaration.ts';
import type { ServiceLimit } from '../../model/service-limit.ts';
import type { ServiceState } from '../../model/status.ts';
import { toContainerStatus } from '../../platform/service-facts.ts';
import { identityOf } from '../access.ts';
import { goneOf } from '../gone.ts';
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

export type Wish = Omit<DeclareRequest, 'origin' | 'by'>;

/**
 * Writes the document, and waits for what becomes of it for at most `startupMs`, or until nobody waits for
 * the answer any more: what was written goes on either way. Undefined: the service is gone.
 */
export async function write(
  { request, reply, options }: Asking,
  wish: Wish,
): Promise<ServiceDetail | undefined> {
  const { control, inspection, startupMs } = options;
  request.concerns = wish.service;
  const workspace = request.access?.identity.workspace;
  const declared = await control.declare({
    ...wish,
    origin: 'api',
    by: identityOf(request),
    ...(workspace !== undefined && { workspace }),
  });
  request.workspace = declared.workspace ?? null;
  const signal = AbortSignal.any([goneOf(reply), AbortSignal.timeout(startupMs)]);
  await inspection.settled(wish.service, signal);
  return inspection.details().find(({ status }) => status.name === wish.service);
}

/** The same for one that shall be there afterwards. Throws 500 with why it does not run. */
export async function writeToRun(
  asking: Asking,
  wish: Wish,
  failure: 'container_creation_failed' | 'instance_creation_failed' | 'instance_update_failed',
): Promise<ServiceDetail> {
  const detail = await write(asking, wish);
  if (!detail) throw new PlatformRefusal(409, failure, `${wish.service} was removed meanwhile`);
  const { status } = detail;
  if (toContainerStatus(status) !== 'error') return detail;
  const why = status.cause || status.state;
  const way = 'it stays declared: correct it, or delete it';
  throw new PlatformRefusal(500, failure, `Failed to create container: ${why} (${way})`);
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
  const { state, cause } = left.status;
  if (!STUCK.has(state)) return { status: 'stopping' };
  const way = 'it is declared no more, and goes as soon as it can';
  throw new PlatformRefusal(500, failure, `Failed to remove container: ${cause || state} (${way})`);
}

const STUCK: ReadonlySet<ServiceState> = new Set(['Frozen', 'Blocked', 'Failed']);

/** Throws 409 in the platform's words where the service is there already. */
export async function refuseTwice<Result>(
  creating: Promise<Result>,
  failure: string,
  text: string,
): Promise<Result> {
  return creating.catch((error: unknown) => {
    const isThere = error instanceof AppError && error.code === 'PRECONDITION_FAILED';
    throw isThere ? new PlatformRefusal(409, failure, text) : error;
  });
}
