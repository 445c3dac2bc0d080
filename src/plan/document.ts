import type { Instance } from '../model/instance.ts';
import { finish, type Parts } from '../model/parts.ts';
import type {
  ChangeDocument,
  PlanDocument,
  PlanSummary,
  ServiceBasis,
  ServiceTools,
  StepDocument,
  WaitingDocument,
} from '../model/plan-document.ts';
import type { Plan, ServicePlan, Step, Wait } from '../model/plan.ts';
import type { Commit } from '../model/service.ts';
import type { ServiceState } from '../model/status.ts';
import { actionsOf, countedAs } from './actions.ts';
import { basisOf, type PlannedWorld } from './basis.ts';
import { sidesOf } from './document-sides.ts';

/** What a plan was made from; `nowMs` is wall-clock time in milliseconds. */
export interface PlanFacts {
  readonly planId: string;
  readonly managerId: string;
  readonly nowMs: number;
  readonly commit?: Commit;
  /** So many services may go, whatever the gates say; the plan keeps what it needs of it. */
  readonly allowRemovals?: number;
  readonly world: PlannedWorld;
}

/** So many are written down in some milliseconds. */
const CHANGES_PER_PART = 100;

/**
 * The plan as people save, show and judge it. Pure; holds secret references and versions, never
 * values. Services with nothing to do are left out of `changes`, not out of `drift` and `waiting`.
 */
export function toPlanDocument(plan: Plan, facts: PlanFacts): PlanDocument {
  return finish(planDocumentInParts(plan, facts));
}

/** The same with pauses. */
export function* planDocumentInParts(plan: Plan, facts: PlanFacts): Parts<PlanDocument> {
  const { world } = facts;
  const byService = Map.groupBy(world.instances, ({ service }) => service);
  const changes: ChangeDocument[] = [];
  const basis: [string, ServiceBasis][] = [];
  for (const service of plan.services.filter(isChange)) {
    const instances = byService.get(service.name) ?? [];
    changes.push(toChange(service, instances));
    // What is healed while its removal is held is no wish of anybody: applying approves nothing of it.
    const isTouched = service.gate === undefined && doesSomething(service);
    if (isTouched) basis.push([service.name, toBasis(service, { ...world, instances })]);
    if (changes.length % CHANGES_PER_PART === 0) yield;
  }
  const summary = toSummary(changes);
  const tools = plan.services.flatMap(toTools);
  // What the plan does not show is not allowed by it.
  const allowed = Math.min(facts.allowRemovals ?? 0, summary.remove);
  return {
    formatVersion: '1.0',
    planId: facts.planId,
    managerId: facts.managerId,
    createdAt: toTime(facts.nowMs),
    ...(facts.commit !== undefined && { commit: facts.commit }),
    ...(allowed > 0 && { allowRemovals: allowed }),
    changes,
    drift: plan.services.flatMap(({ drift }) => drift),
    problems: plan.problems,
    waiting: plan.services.flatMap(waitingOf),
    leftAlone: plan.leftAlone,
    ...(tools.length > 0 && { tools }),
    summary,
    basis: Object.fromEntries(basis),
  };
}

/** What `plan --detailed-exitcode` answers 2 for: something is to be done or is held back. */
export function hasChanges({ changes }: PlanDocument): boolean {
  return changes.length > 0;
}

/** Whatever `apply` would do, and what a gate keeps it from doing. */
function isChange(service: ServicePlan): boolean {
  return service.gate !== undefined || doesSomething(service);
}

function doesSomething(service: ServicePlan): boolean {
  return !actionsOf(service).includes('no-op');
}

function toChange(service: ServicePlan, instances: readonly Instance[]): ChangeDocument {
  const { name, reason, cause, road, gate, replacePaths } = service;
  const actions = actionsOf(service);
  return {
    service: name,
    change: { actions, ...sidesOf(service, instances), replacePaths },
    actionReason: reason,
    cause,
    steps: road.map(toStep),
    ...(gate !== undefined && { gate }),
  };
}

function toStep(item: Step | Wait): StepDocument {
  const { kind, cause } = item;
  switch (kind) {
    case 'wait':
      return { kind, target: item.until, cause, ...untilOf(item.untilMs) };
    case 'route':
      return { kind, target: item.route.slug, cause };
    case 'pull':
      return { kind, target: item.image, cause, policy: item.policy };
    case 'unroute':
      return { kind, target: item.slug, cause };
    case 'remove':
      return {
        kind,
        target: item.target.name,
        cause,
        ...(item.volumes.length > 0 && { volumes: true }),
      };
    case 'prune':
      return {
        kind,
        target: item.target.name,
        cause,
        ...(item.object === 'volume' && { volumes: true }),
      };
    case 'create':
    case 'start':
    case 'stop':
    case 'update':
    case 'forget':
    case 'adopt':
      return { kind, target: item.target.name, cause };
  }
}

/** What came with a release is told while something still happens; what nobody approved, until it is. */
function toTools(service: ServicePlan): readonly ServiceTools[] {
  const { toolsChange, unapprovedTools } = service.status;
  const change = isChange(service) ? toolsChange : undefined;
  if (!change && !unapprovedTools) return [];
  const told = {
    ...(change && { change }),
    ...(unapprovedTools && { unapproved: unapprovedTools }),
  };
  return [{ service: service.name, ...told }];
}

/** A service that goes has no approved version, even while a request precedes its document. */
function toBasis({ name, change }: ServicePlan, world: PlannedWorld): ServiceBasis {
  const basis = basisOf(name, world);
  if (change !== 'remove' && change !== 'forget') return basis;
  const { desired: _desired, ...rest } = basis;
  return rest;
}

/** What a service waits for before its next step; a gate already says it for removals. */
function waitingOf({ name, road, gate, status }: ServicePlan): readonly WaitingDocument[] {
  const firstStep = road.findIndex(({ kind }) => kind !== 'wait');
  const leading = road.slice(0, firstStep < 0 ? road.length : firstStep);
  const waits = leading.filter((item): item is Wait => item.kind === 'wait');
  if (road.length === 0 && gate === undefined && STANDSTILL.has(status.state)) {
    return [{ service: name, cause: status.cause, ...untilOf(status.untilMs) }];
  }
  return waits
    .filter(({ until }) => gate === undefined || until !== 'allowed')
    .map(({ cause, untilMs }) => ({ service: name, cause, ...untilOf(untilMs) }));
}

/** States in which a service runs on without being what its document says, and nothing is to be done. */
const STANDSTILL: ReadonlySet<ServiceState> = new Set(['Frozen', 'Paused', 'Failed', 'Blocked']);

function toSummary(changes: readonly ChangeDocument[]): PlanSummary {
  const summary = { create: 0, update: 0, replace: 0, remove: 0, forget: 0, import: 0, blocked: 0 };
  for (const change of changes) {
    const counted = countedAs(change);
    if (counted !== undefined) summary[counted] += 1;
    if (change.gate !== undefined) summary.blocked += 1;
  }
  return summary;
}

function untilOf(untilMs: number | undefined): { readonly until?: string } {
  return untilMs === undefined ? {} : { until: toTime(untilMs) };
}

function toTime(atMs: number): string {
  return new Date(atMs).toISOString();
}
