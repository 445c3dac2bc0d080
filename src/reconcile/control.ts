import { randomUUID } from 'node:crypto';
import type { ApiControl } from '../api-control.ts';
import type { Command, PlanRequest, StatusReport } from '../control.ts';
import { AppError } from '../errors.ts';
import type { ServicePlan } from '../model/plan.ts';
import { desiredDigest } from '../model/revision.ts';
import type { Desired } from '../model/service.ts';
import type { PlanDocument } from '../model/plan-document.ts';
import { adoptions } from '../plan/adopted.ts';
import { toWorld } from '../plan/basis.ts';
import { toPlanDocument } from '../plan/document.ts';
import type { Request } from '../model/request.ts';
import type { PlanInput } from '../plan/input.ts';
import { keptVersions } from '../plan/kept-version.ts';
import { plan } from '../plan/plan.ts';
import { toViews, unclaimedOrphans } from '../plan/view.ts';
import type { LogLine, LogRequest } from '../ports.ts';
import { createAfterWrite } from './after-write.ts';
import { createApplyControl } from './control-apply.ts';
import { createDeclareControl } from './control-declare.ts';
import { releasesIn, toPin } from './control-releases.ts';
import { createTemplateControl } from './control-templates.ts';
import { requireUnprotected } from './protection.ts';
import { createToolControl } from './control-tools.ts';
import type { ControlOptions, MadePlan } from './control-options.ts';
import { createDeclareBatch, type DeclareBatch } from './declare-batch.ts';
import { readEvents } from './event-feed.ts';
import { createOneAtATime } from './one-at-a-time.ts';
import { byName } from './shown.ts';
import { readTexts } from './written-service.ts';

/** With what is for this process alone. */
export interface OwnControl extends ApiControl {
  readonly declareAll: DeclareBatch;
}

/** The manager's own Control: decides nothing, leaves requests and wakes the loop. */
export function createControl(options: ControlOptions): OwnControl {
  const { announcements, wake } = options;
  const { store } = announcements;
  const inTurn = createOneAtATime();
  const written = createAfterWrite({ ...options, store, makePlan });
  const applyControl = createApplyControl({ ...options, makePlan });

  async function makePlan(request: PlanRequest): Promise<MadePlan> {
    await options.refresh();
    return planFor(options, await look(options), request);
  }

  async function ask(command: Command): Promise<void> {
    await options.refresh();
    const input = await look(options);
    const { kind, service } = command;
    requireKnown(service, input);
    if (kind === 'remove') requireUnprotected(service, input.desired, input.histories);
    if (command.kind === 'unpause') {
      const paused = store.requests().filter((request) => request.kind === 'pause');
      const own = paused.filter((request) => request.service === service);
      store.commit(own.map(({ id }) => ({ kind: 'request-spent', id })));
    } else {
      store.commit([{ kind: 'request', request: toRequest(command, input) }]);
    }
    // What is left of a service that is gone is seen by a deep look only.
    const deep = kind === 'remove' && command.volumes;
    wake({ names: [service], documents: true, deep });
  }

  return {
    health: () => Promise.resolve(options.health()),
    status: () => readStatus(options),
    plan: async (request) =>
      request.documents ? planTexts(options, request) : (await makePlan(request)).document,
    apply: (request, signal) => applyControl(request, signal),
    ask,
    ...options.imports,
    declareAll: createDeclareBatch({ ...options, store, written, inTurn }),
    ...createDeclareControl({
      ...options,
      written,
      inTurn,
      letGo: ({ service, by }) => ask({ kind: 'remove', service, volumes: false, by }),
      planWith: async (desired, service) =>
        planFor(options, await lookAt(options, desired), { names: [service] }).document,
    }),
    ...createTemplateControl({
      ...options,
      inTurn,
      accepted: () => keptVersions(store.histories()),
      templateWritten: () => wake({ documents: true }),
    }),
    wake: (names) => Promise.resolve(wake({ ...(names && { names }), documents: true })),
    events: (query, signal) => readEvents(announcements, query, signal),
    logs: (service, request, signal) => readLogs({ ...options, service, request }, signal),
    ...createToolControl({ ...options, store, planOf: (name) => planOf(name, options) }),
    releases: async (service) => {
      const input = await look(options);
      requireKnown(service, input);
      return releasesIn(service, input);
    },
    history: (query) => Promise.resolve(store.journal(query)),
  };
}

/** What would be if these were the documents; what of them is no good is told, and stays as it is. */
async function planTexts(options: ControlOptions, request: PlanRequest): Promise<PlanDocument> {
  const desired = await readTexts(options, request.documents ?? {});
  return planFor(options, await lookAt(options, desired), request).document;
}

function planFor(options: ControlOptions, looked: PlanInput, request: PlanRequest): MadePlan {
  const input = withAllowance(looked, request.allowRemovals);
  const whole = plan(input);
  const names = request.names && new Set(request.names);
  for (const name of names ?? []) requireKnown(name, input);
  const services = whole.services.filter(({ name }) => !names || names.has(name));
  const world = toWorld(input);
  const document = toPlanDocument(
    { ...whole, services },
    {
      planId: randomUUID(),
      managerId: options.managerId,
      nowMs: options.clock(),
      world,
      ...(request.allowRemovals !== undefined && { allowRemovals: request.allowRemovals }),
      ...(input.desired.commit && { commit: input.desired.commit }),
    },
  );
  return { document, desired: input.desired, world };
}

async function readStatus(options: ControlOptions): Promise<StatusReport> {
  const { reconciler, desired, isLive } = options;
  if (isLive()) {
    const services = reconciler.sorted();
    return { services, problems: desired().problems, leftAlone: reconciler.leftAlone() };
  }
  await options.refresh();
  const { services, problems, leftAlone } = plan(await look(options));
  return { services: services.map(({ status }) => status).toSorted(byName), problems, leftAlone };
}

async function planOf(service: string, options: ControlOptions): Promise<ServicePlan> {
  await options.refresh();
  const input = await look(options);
  requireKnown(service, input);
  const found = plan(input).services.find(({ name }) => name === service);
  if (found) return found;
  throw new AppError('SERVICE_UNKNOWN', `there is no service ${service}`);
}

/** What moves towards the version that is wanted is let alone; what wants another one is planned. */
function look(options: ControlOptions): Promise<PlanInput> {
  const { gather, reconciler, desired, announcements } = options;
  const histories = announcements.store.histories();
  const busy = desired()
    .services.filter(({ name }) => reconciler.isMoving(name))
    .filter((service) => histories.get(service.name)?.acceptedDigest === desiredDigest(service));
  const names = new Set(busy.map(({ name }) => name));
  return gather({ scope: 'all', deep: true }, names, new AbortController().signal);
}

/** The same look at the world as it would be with another desired set. */
function lookAt({ gatherFor }: ControlOptions, desired: Desired): Promise<PlanInput> {
  const gather = gatherFor(() => desired);
  return gather({ scope: 'all', deep: false }, new Set(), new AbortController().signal);
}

function withAllowance(input: PlanInput, allowed: number | undefined): PlanInput {
  if (allowed === undefined) return input;
  const { recent, allowances } = input.removals;
  return {
    ...input,
    removals: { recent, allowances: [...allowances, { count: allowed, used: [] }] },
  };
}

/** What is no wish of its own is stored as it is asked. */
function toRequest(
  command: Exclude<Command, { readonly kind: 'unpause' }>,
  input: PlanInput,
): Request {
  const base = { id: randomUUID(), atMs: input.nowMs };
  switch (command.kind) {
    case 'rollback':
      return toPin(command, input);
    case 'restart':
    case 'pause':
    case 'update':
    case 'update-bridge':
    case 'forget':
    case 'remove':
      return { ...command, ...base };
  }
}

function requireKnown(name: string, input: PlanInput): void {
  const known = toViews(input);
  const leftOver = unclaimedOrphans(input).some(({ service }) => service === name);
  if (known.has(name) || leftOver) return;
  const names = [...known.keys()].slice(0, 10).join(', ');
  const hint = names === '' ? 'no service is declared yet' : `there are ${names}`;
  throw new AppError('SERVICE_UNKNOWN', `there is no service ${name}`, { hint });
}

interface LogQuery extends Pick<ControlOptions, 'runtimes' | 'desired' | 'announcements'> {
  readonly service: string;
  readonly request: LogRequest;
}

/** The output of the newest instance of a service, wherever it runs. */
async function* readLogs(
  { service, runtimes, request, desired, announcements }: LogQuery,
  signal: AbortSignal,
): AsyncIterable<LogLine> {
  const adopted = adoptions(desired().services, announcements.store.histories());
  const names = new Set([service]);
  for (const runtime of runtimes.values()) {
    const seen = await runtime.observe({ names, deep: false, adopted }, signal);
    const instances = seen.ok ? seen.instances : [];
    const [newest] = instances.toSorted((a, b) => (b.startedAtMs ?? 0) - (a.startedAtMs ?? 0));
    if (!newest) continue;
    yield* runtime.logs(newest.name, request, signal);
    return;
  }
  throw new AppError('SERVICE_UNKNOWN', `${service} has no instance, and so no output`, {
    hint: 'see `mcp-manager status`',
  });
}
