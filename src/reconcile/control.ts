import { randomUUID } from 'node:crypto';
import type { ApiControl } from '../api-control.ts';
import type { Command, StatusReport } from '../control.ts';
import { AppError } from '../errors.ts';
import type { ServicePlan } from '../model/plan.ts';
import type { Request } from '../model/request.ts';
import { adoptions } from '../plan/adopted.ts';
import type { PlanInput } from '../plan/input.ts';
import { keptVersions } from '../plan/kept-version.ts';
import { planInParts } from '../plan/plan.ts';
import type { LogLine, LogRequest } from '../ports.ts';
import { createAfterWrite } from './after-write.ts';
import { createApplyControl } from './control-apply.ts';
import { createDeclareControl } from './control-declare.ts';
import { look, lookAt, planOf } from './control-look.ts';
import type { ControlOptions } from './control-options.ts';
import { createPlanControl } from './control-plan.ts';
import { releasesIn, toPin } from './control-releases.ts';
import { createTemplateControl } from './control-templates.ts';
import { createToolControl } from './control-tools.ts';
import { createDeclareBatch, type DeclareBatch } from './declare-batch.ts';
import { readEvents } from './event-feed.ts';
import { createJustDeclared, type JustDeclared } from './just-declared.ts';
import { createOneAtATime } from './one-at-a-time.ts';
import { requireUnprotected } from './protection.ts';
import { byName } from './shown.ts';
import { takeTurns } from './take-turns.ts';

/** With what is for this process alone. */
export interface OwnControl extends ApiControl {
  readonly declareAll: DeclareBatch;
}

/** The manager's own Control: decides nothing, leaves requests and wakes the loop. */
export function createControl(options: ControlOptions): OwnControl {
  const { announcements, wake } = options;
  const { store } = announcements;
  const inTurn = createOneAtATime();
  const plans = createPlanControl(options);
  const justDeclared = createJustDeclared(options.clock);
  const written = createAfterWrite({ ...options, store, ...plans });
  const applyControl = createApplyControl({ ...options, ...plans });

  async function planNow(service: string): Promise<ServicePlan | undefined> {
    await options.refresh();
    return planOf(service, await lookAt(options, service));
  }

  async function ask(command: Command): Promise<void> {
    await options.refresh();
    const { kind, service } = command;
    const input = await lookAt(options, service);
    if (kind === 'remove') requireUnprotected(service, input.desired, input.histories);
    if (command.kind === 'unpause') {
      const paused = store.requests().filter((request) => request.kind === 'pause');
      const own = paused.filter((request) => request.service === service);
      store.commit(own.map(({ id }) => ({ kind: 'request-spent', id })));
    } else {
      store.commit([{ kind: 'request', request: await toRequest(command, input) }]);
    }
    // What is left of a service that is gone is seen by a deep look only.
    const deep = kind === 'remove' && command.volumes;
    wake({ names: [service], documents: true, deep });
  }

  return {
    health: () => Promise.resolve(options.health()),
    status: () => readStatus(options, justDeclared),
    plan: async (request) =>
      request.documents ? plans.planTexts(request) : (await plans.makePlan(request)).document,
    drift: async (service) => (await planNow(service))?.drift ?? [],
    apply: (request, signal) => applyControl(request, signal),
    ask,
    draftImport: options.imports.draftImport,
    importContainer: (request) => options.imports.importContainer(inTurn, request),
    declareAll: createDeclareBatch({ ...options, store, written, inTurn }),
    ...createDeclareControl({
      ...options,
      ...plans,
      written,
      justDeclared,
      inTurn,
      store,
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
    ...createToolControl({ ...options, store, inTurn, planOf: planNow }),
    releases: async (service) => {
      return releasesIn(service, await lookAt(options, service));
    },
    history: (query) => Promise.resolve(store.journal(query)),
  };
}

async function readStatus(
  options: ControlOptions,
  justDeclared: JustDeclared,
): Promise<StatusReport> {
  const { reconciler, desired, isLive } = options;
  if (isLive()) {
    const services = justDeclared.addTo(reconciler.sorted(), desired());
    return { services, problems: desired().problems, leftAlone: reconciler.leftAlone() };
  }
  await options.refresh();
  const { services, problems, leftAlone } = await takeTurns(planInParts(await look(options)));
  return { services: services.map(({ status }) => status).toSorted(byName), problems, leftAlone };
}

/** What is no wish of its own is stored as it is asked. */
async function toRequest(
  command: Exclude<Command, { readonly kind: 'unpause' }>,
  input: PlanInput,
): Promise<Request> {
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
