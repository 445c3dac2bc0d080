import type { NewEvent } from '../model/event.ts';
import type { Drift, ServicePlan } from '../model/plan.ts';
import { formatProblem, type Problem } from '../model/problem.ts';
import { eventOf } from './tell.ts';
import type { WorkspaceOf } from './workspace-of.ts';

/** What was told already, so that only news is told. */
export interface Noticed {
  /** By service: the drift that stands, one key per difference. */
  readonly drift: ReadonlyMap<string, ReadonlySet<string>>;
  readonly states: ReadonlyMap<string, string>;
  readonly problems: ReadonlySet<string>;
}

export interface News {
  readonly events: readonly NewEvent[];
  readonly noticed: Noticed;
  /** Services that failed since the last look: their last output is worth keeping. */
  readonly failed: readonly ServicePlan[];
}

export const NOTHING_NOTICED: Noticed = {
  drift: new Map(),
  states: new Map(),
  problems: new Set(),
};

/** Compares what a pass found with what was told before. */
export function notice(
  before: Noticed,
  found: {
    readonly services: readonly ServicePlan[];
    readonly problems: readonly Problem[];
    readonly scope: 'all' | ReadonlySet<string>;
    readonly nowMs: number;
    readonly workspaceOf: WorkspaceOf;
  },
): News {
  const { services, problems, nowMs, scope, workspaceOf } = found;
  const kept = (name: string): boolean => scope !== 'all' && !scope.has(name);
  const drift = new Map([...before.drift].filter(([name]) => kept(name)));
  const states = new Map([...before.states].filter(([name]) => kept(name)));
  const events: NewEvent[] = [];
  for (const service of services) {
    const known = before.drift.get(service.name) ?? new Set<string>();
    const now = new Set([...(isUnjudged(service) ? known : []), ...service.drift.map(keyOf)]);
    events.push(...driftNews(service, { known, now, nowMs }));
    if (now.size > 0) drift.set(service.name, now);
    states.set(service.name, service.status.state);
  }
  const failed = services.filter((service) => hasFailed(service, before));
  const written = problems.map((problem) => ({ text: formatProblem(problem), problem }));
  events.push(...problemNews(before.problems, written, { nowMs, workspaceOf }));
  return {
    events,
    failed,
    noticed: { drift, states, problems: new Set(written.map(({ text }) => text)) },
  };
}

function hasFailed(service: ServicePlan, before: Noticed): boolean {
  const known = before.drift.get(service.name) ?? new Set();
  const crashed = service.drift.some(
    (drift) => drift.signal === 'runtime' && !known.has(keyOf(drift)),
  );
  const { state, rollback } = service.status;
  // What failed of a rollout was told when it was given up.
  const given = state === 'Failed' && !rollback && before.states.get(service.name) !== 'Failed';
  return crashed || given;
}

/** Nobody looked for drift: what stood before is not healed for that. */
function isUnjudged({ probes, road: [first] }: ServicePlan): boolean {
  if (probes === undefined) return true;
  return first?.kind === 'wait' && (first.until === 'motion-ends' || first.until === 'unpaused');
}

interface DriftKeys {
  readonly known: ReadonlySet<string>;
  readonly now: ReadonlySet<string>;
  readonly nowMs: number;
}

function driftNews(
  { name, drift, status: { workspace } }: ServicePlan,
  { known, now, nowMs }: DriftKeys,
): readonly NewEvent[] {
  const facts = { service: name, ...(workspace !== undefined && { workspace }) };
  const found = drift
    .filter((item) => !known.has(keyOf(item)))
    .map(({ service: _same, ...data }) => eventOf('drift.detected', facts, nowMs, data));
  const healed = [...known].filter((key) => !now.has(key));
  return [
    ...found,
    ...healed.map((key) => {
      const data: Record<string, unknown> = JSON.parse(key);
      return eventOf('drift.healed', facts, nowMs, data);
    }),
  ];
}

/** One difference, by what differs and not by how: a second crash is the same difference again. */
function keyOf({ signal, instance, path }: Drift): string {
  return JSON.stringify({ signal, instance, path });
}

interface WrittenProblem {
  readonly text: string;
  readonly problem: Problem;
}

function problemNews(
  known: ReadonlySet<string>,
  written: readonly WrittenProblem[],
  { nowMs, workspaceOf }: { readonly nowMs: number; readonly workspaceOf: WorkspaceOf },
): readonly NewEvent[] {
  const now = new Set(written.map(({ text }) => text));
  const found = written
    .filter(({ text }) => !known.has(text))
    .map(({ text, problem }) => {
      const { service } = problem;
      const workspace = service === undefined ? undefined : workspaceOf(service);
      const facts = {
        ...(service !== undefined && { service }),
        ...(workspace !== undefined && { workspace }),
      };
      return eventOf('problem.found', facts, nowMs, { ...problem, text });
    });
  const cleared = [...known].filter((text) => !now.has(text));
  return [...found, ...cleared.map((text) => eventOf('problem.cleared', {}, nowMs, { text }))];
}
