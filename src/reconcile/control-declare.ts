import type { Control } from '../control.ts';
import { AppError } from '../errors.ts';
import type { DeclareRequest, DeclareResult } from '../model/declaration.ts';
import type { PlanDocument } from '../model/plan-document.ts';
import type { ServiceLimit } from '../model/service-limit.ts';
import type { Clock, Secrets, Store } from '../ports.ts';
import type { AfterWrite } from './after-write.ts';
import { asKept } from './as-kept.ts';
import type { Wanted } from './control-plan.ts';
import { transfer } from './control-transfer.ts';
import type { JustDeclared } from './just-declared.ts';
import type { OneAtATime } from './one-at-a-time.ts';
import { isHeld, unfound } from './held-document.ts';
import { shown } from './shown-document.ts';
import { requireApart, withoutOthers, withoutTheirs } from './keep-apart.ts';
import {
  intoWorkspace,
  requireOwnInstance,
  requireOwnSecrets,
  requireStaying,
  requireWorkspace,
} from './keep-workspace.ts';
import { letGo } from './let-go.ts';
import { requireUnprotected } from './protection.ts';
import { requirePlace, workspaceIn } from './quota.ts';
import { requireMatch } from './require-match.ts';
import {
  type Declaration,
  findWritten,
  invalid,
  type Reading,
  writeKeeping,
  type Written,
} from './written-service.ts';

export interface DeclareOptions extends Reading {
  readonly secrets: Secrets;
  readonly limit: ServiceLimit;
  /** What would be done for one service with another desired set. */
  readonly planWith: (wanted: Wanted, service: string) => Promise<PlanDocument>;
  /** Shared by all who write: each write is made for what the documents say at that moment. */
  readonly inTurn: OneAtATime;
  readonly written: AfterWrite;
  readonly justDeclared: Pick<JustDeclared, 'written' | 'deleted'>;
  readonly store: Pick<Store, 'commit' | 'histories'>;
  readonly clock: Clock;
}

export function createDeclareControl(
  options: DeclareOptions,
): Pick<Control, 'declared' | 'declare' | 'transfer'> {
  const { inTurn } = options;
  return {
    async declared(service) {
      const { written } = await findWritten(options, service);
      if (!written) throw unfound(options.desired(), { service });
      const { origin, place, fields } = written;
      const { secrets } = options;
      const document = { service, origin, file: place.file, fields };
      const { fields: told, etag } = await shown(secrets, document);
      return { service, origin, place, fields: told, etag };
    },
    declare: (request) =>
      request.dryRun === true ? tryOut(options, request) : inTurn(() => declare(options, request)),
    transfer: (request) => inTurn(() => transfer(options, request)),
  };
}

/** Nothing is written, so that nobody waits for it. */
async function tryOut(options: DeclareOptions, request: DeclareRequest): Promise<DeclareResult> {
  const { declaration } = await judge(options, request);
  const result = await toResult(options, request, declaration);
  if (request.withoutPlan === true) return result;
  const secrets = await asKept(options.secrets, declaration.secrets);
  const wanted = { desired: declaration.desired, secrets };
  const plan = await options.planWith(wanted, request.service);
  return { ...result, plan: withoutTheirs(request, plan) };
}

async function declare(options: DeclareOptions, request: DeclareRequest): Promise<DeclareResult> {
  const { change, service } = request;
  const { declaration, written } = await judge(options, request);
  if (change.kind === 'delete') await takeOut(options, declaration, request);
  else await writeKeeping(options, declaration);
  const result = await toResult(options, request, declaration);
  const now = declaration.desired.services.find(({ name }) => name === service);
  if (now && change.kind !== 'delete') options.justDeclared.written(now);
  else options.justDeclared.deleted(service);
  await options.written([request], request.by);
  const workspace = workspaceIn((declaration.fields ?? written?.fields)?.['platform']);
  return { ...result, ...(workspace !== undefined && { workspace }) };
}

/** By what is known: nobody who writes waits for a runtime. Throws REFUSED for what is protected. */
async function takeOut(
  options: DeclareOptions,
  declaration: Declaration,
  { service, by }: DeclareRequest,
): Promise<void> {
  requireUnprotected(service, options.desired(), options.store.histories());
  const takeBack = letGo(options, [service], by);
  try {
    await writeKeeping(options, declaration);
  } catch (error) {
    takeBack(() => true);
    throw error;
  }
}

/** What would be written. Throws why it must not be. */
async function judge(
  options: DeclareOptions,
  request: DeclareRequest,
): Promise<{ readonly declaration: Declaration; readonly written: Written | undefined }> {
  const { service, change } = request;
  const { set, written } = await findWritten(options, service);
  requireWorkspace(request, written);
  requireOwner(request, written);
  await requireMatch(options, request, written);
  if (!written && (change.kind !== 'put' || isHeld(options.desired(), service))) {
    throw unfound(options.desired(), request);
  }
  const reading = { set, desired: options.desired() };
  const declaration = options.declarer.declare(reading, written, intoWorkspace(request));
  if (declaration.problems.length > 0) {
    throw invalid(service, withoutOthers(request, declaration.problems));
  }
  if (declaration.fields) {
    requirePlace(options.limit, options.desired(), { ...request, fields: declaration.fields });
  }
  requireStaying(request, declaration);
  requireOwnInstance(request, declaration, written);
  requireOwnSecrets(request, declaration, options.desired());
  requireApart(request, declaration, options.desired());
  return { declaration, written };
}

async function toResult(
  options: Pick<DeclareOptions, 'secrets'>,
  { service, origin }: DeclareRequest,
  { file, before, after, fields, secrets }: Declaration,
): Promise<DeclareResult> {
  if (fields === undefined) return { kind: 'deleted' };
  const isSame = before === after && secrets.length === 0;
  const kind = before === undefined ? 'created' : isSame ? 'unchanged' : 'changed';
  return { kind, declared: await shown(options.secrets, { service, origin, file, fields }) };
}

/** Throws DECLARED_ELSEWHERE. */
export function requireOwner(
  { service, origin }: Pick<DeclareRequest, 'service' | 'origin'>,
  written: Written | undefined,
): void {
  if (!written || written.origin === origin) return;
  const { file, line } = written.place;
  throw new AppError(
    'DECLARED_ELSEWHERE',
    `${service} belongs to ${OWNERS[written.origin]}: ${file}:${String(line)}`,
    { hint: `edit it there, or hand it over: \`mcp-manager transfer ${service} --to ${origin}\`` },
  );
}

const OWNERS = { file: 'people', api: 'the API', core: 'the platform' } as const;
