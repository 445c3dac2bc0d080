import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Audit } from '../access-ports.ts';
import type { Inspection } from '../control.ts';
import { accessTo, formatIdentity } from '../model/access.ts';
import type { AuditEntry } from '../model/audit.ts';
import { toRecord } from '../model/record.ts';
import { LONGEST_TEXT, subjectOf } from './audit-subject.ts';
import { addressOf } from './client-address.ts';

/** Somebody who tries again and again must not push out of the store what else happened. */
const MOST_REFUSALS = 60;
const WINDOW_MS = 60_000;

export interface AuditOptions {
  readonly audit: Audit;
  /** Where the platform's names of services are known. */
  readonly inspection?: Pick<Inspection, 'details'>;
}

/**
 * Tells of every request that wrote or was refused, once it is decided, which for a stream is at its end: who
 * asked may be gone by then.
 */
export function addAudit(app: FastifyInstance, { audit, inspection }: AuditOptions): void {
  const refused = boundRefusals(audit);
  const told = new WeakSet<FastifyRequest>();
  const tell = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (told.has(request)) return;
    told.add(request);
    const entry = (result: AuditEntry['result']): AuditEntry => ({
      ...toEntry(request, reply, result),
      ...subjectOf(request, inspection),
    });
    if (request.isRefused) refused(() => entry('refused'));
    else if (writes(request) && !request.isReplayed) {
      const { outcome } = request;
      const written = entry(reply.statusCode < 400 ? 'done' : 'failed');
      if (outcome) void outcome.then((result) => audit({ ...written, result }));
      else audit(written);
    }
  };
  app.addHook('onSend', tell);
  // What is written past the framework.
  app.addHook('onResponse', tell);
}

/** What a role that only reads may do changes nothing. */
function writes({ method, routeOptions: { url = '' }, is404 }: FastifyRequest): boolean {
  const wanted = accessTo(method, url);
  if (is404 || wanted === undefined || wanted.onlyAsks === true) return false;
  return wanted.role !== 'none' && isWrite(method, wanted.role);
}

function isWrite(method: string, role: string): boolean {
  return method !== 'GET' && method !== 'HEAD' && role !== 'read';
}

function toEntry(
  request: FastifyRequest,
  reply: FastifyReply,
  result: AuditEntry['result'],
): Omit<AuditEntry, 'service' | 'template' | 'planId'> {
  const { access, method, routeOptions, raw, workspace } = request;
  const { peer, behind } = addressOf(request);
  const client = behind.at(-1);
  const [path = ''] = (raw.url ?? '').split('?');
  return {
    result,
    who: access ? whoOf(request, formatIdentity(access.identity)) : 'nobody',
    ...((client ?? peer) !== '' && { from: client ?? peer }),
    ...(client !== undefined && peer !== '' && { by: peer }),
    method,
    route: (routeOptions.url ?? path).slice(0, LONGEST_TEXT),
    ...(workspace !== null && { workspace }),
    status: reply.statusCode,
  };
}

/** On the local socket a command says who typed it: whoever can open that socket may say so. */
function whoOf({ access, body }: FastifyRequest, identity: string): string {
  const by = toRecord(body)['by'];
  const isLocal = access?.identity.kind === 'local';
  return isLocal && typeof by === 'string' ? `local:${by.slice(0, LONGEST_TEXT)}` : identity;
}

/** At most so many refusals in a window, of which alone is looked up what they were about; the next one that is told says how many were not. */
function boundRefusals(audit: Audit): (refusal: () => AuditEntry) => void {
  let beganAtMs = -Infinity;
  let told = 0;
  let untold = 0;
  return (refusal) => {
    const nowMs = performance.now();
    if (nowMs - beganAtMs > WINDOW_MS) {
      beganAtMs = nowMs;
      told = 0;
    }
    if (told === MOST_REFUSALS) {
      untold += 1;
      return;
    }
    told += 1;
    audit({ ...refusal(), ...(untold > 0 && { untold }) });
    untold = 0;
  };
}
