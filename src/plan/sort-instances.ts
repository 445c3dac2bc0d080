import { isTarget } from './routing.ts';
import { toCanonicalJson } from '../model/canonical.ts';
import { isUp } from '../model/instance.ts';
import type { Reason } from '../model/plan.ts';
import type { DesiredService } from '../model/service.ts';
import { whyOlderBridge } from './bridge.ts';
import { judge } from './check.ts';
import { movedTo, shortId } from './image.ts';
import type { PlanInput } from './input.ts';
import type { Located } from './locate.ts';
import { updatesOf } from './pulled.ts';
import { knownVersions, movedSecrets } from './secret-versions.ts';
import type { Past, ServiceView } from './view.ts';

/** The instances of one service, told apart by what shall become of them. */
export interface SortedInstances {
  /** Serve, or shall serve: at most as many as there shall be replicas. */
  readonly kept: readonly Located[];
  /** The one of them that most needs a hand; the first where all are well. */
  readonly current?: Located;
  /** More of the same than wanted. */
  readonly extras: readonly Located[];
  /** Of another release, or drifted beyond repair. */
  readonly outdated: readonly Outdated[];
}

export interface Outdated {
  readonly instance: Located;
  readonly reason: Reason;
  readonly cause: string;
  readonly paths: readonly string[];
}

export function sortInstances(
  view: ServiceView,
  desired: DesiredService,
  input: PlanInput,
): SortedInstances {
  const outdated = view.instances.flatMap((instance) => {
    const why = whyOutdated(view, instance, desired, input);
    return why ? [{ instance, ...why }] : [];
  });
  const old = new Set(outdated.map(({ instance }) => instance));
  const wanted = view.instances.filter((instance) => !old.has(instance));
  // While an outdated one is up, that one will be the last that was stopped: nothing may hang on it yet.
  const returnTo = outdated.some(({ instance }) => isUp(instance))
    ? undefined
    : view.history.stoppedInstanceId;
  const order = (instance: Located): number => {
    const isHanging =
      instance.state === 'running' && judge(view, instance, input).kind === 'unresponsive';
    return isHanging ? RANK.hanging : rank(view, instance, returnTo);
  };
  const ranked = wanted.toSorted((a, b) => order(a) - order(b) || downMs(b) - downMs(a));
  const kept = ranked.slice(0, desired.replicas);
  const extras = wanted.filter((instance) => !kept.includes(instance));
  const current = mostNeedy(view, kept, input);
  return { kept, ...(current && { current }), extras, outdated };
}

function mostNeedy(
  view: ServiceView,
  kept: readonly Located[],
  input: PlanInput,
): Located | undefined {
  if (kept.length < 2) return kept[0];
  const need = (instance: Located): number => {
    if (instance.state !== 'running') return NEEDS.down;
    return NEEDS[judge(view, instance, input).kind];
  };
  return kept.toSorted((a, b) => need(a) - need(b))[0];
}

const NEEDS = { down: 0, unresponsive: 1, unverified: 2, passed: 3 } as const;

type Why = Omit<Outdated, 'instance'>;

function whyOutdated(
  view: ServiceView,
  instance: Located,
  desired: DesiredService,
  input: PlanInput,
): Why | undefined {
  if (instance.runtime !== desired.runtime) {
    const cause = `moves from ${instance.runtime} to ${desired.runtime}`;
    return { reason: 'replace_because_spec_changed', cause, paths: ['runtime'] };
  }
  if (instance.adopted && instance.id !== desired.adopt) {
    const cause = 'its document does not adopt it any more';
    return { reason: 'replace_because_spec_changed', cause, paths: ['adopt'] };
  }
  if (view.past)
    return instance.release === view.past.release
      ? whyDrifted(instance)
      : whyPast(view.past, instance, desired);
  if (instance.revision !== desired.revision) {
    const paths = changedPaths(instance, desired);
    const cause = paths.length > 0 ? `${paths.join(', ')} changed` : 'the spec changed';
    return { reason: 'replace_because_spec_changed', cause, paths };
  }
  return (
    whySecret(instance, desired, input) ??
    whyDrifted(instance) ??
    whyMoved(view, instance, desired, input) ??
    whyOlderBridge(view, instance, desired, input)
  );
}

function whyPast({ kind, cause }: Past, instance: Located, desired: DesiredService): Why {
  const reason = kind === 'pinned' ? 'rollback_by_request' : 'rollback_because_failed';
  return { reason, cause, paths: changedPaths(instance, desired) };
}

function whySecret(instance: Located, desired: DesiredService, input: PlanInput): Why | undefined {
  const moved = movedSecrets(instance.secretVersions ?? {}, knownVersions(desired, input));
  if (moved.length === 0) return undefined;
  const cause = `secret ${moved.join(', ')} changed`;
  const paths = [desired.spec.url === undefined ? 'env' : 'headers'];
  return { reason: 'replace_because_secret_changed', cause, paths };
}

/** Limits come back in place; every other drifted field needs a new instance. */
function whyDrifted(instance: Located): Why | undefined {
  const paths = instance.drift
    .map(({ path }) => path)
    .filter((path) => !isLimit(path))
    .toSorted();
  if (paths.length === 0) return undefined;
  const cause = `${paths.join(', ')} drifted`;
  return { reason: 'replace_because_drifted', cause, paths };
}

export function isLimit(path: string): boolean {
  return path.startsWith('resources.');
}

function whyMoved(
  view: ServiceView,
  instance: Located,
  desired: DesiredService,
  input: PlanInput,
): Why | undefined {
  const wanted = movedTo(view, instance, desired, input);
  if (wanted === undefined) return undefined;
  const asked = updatesOf(view, desired).answered.length > 0;
  const reason = asked ? 'replace_by_request' : 'replace_because_image_moved';
  const cause = `image moves from ${shortId(instance.imageId ?? '')} to ${shortId(wanted)}`;
  return { reason, cause, paths: ['imageId'] };
}

function changedPaths({ spec }: Located, desired: DesiredService): readonly string[] {
  if (!spec) return [];
  const wanted = new Map<string, unknown>(Object.entries(desired.spec));
  const live = new Map<string, unknown>(Object.entries(spec));
  const keys = [...new Set([...live.keys(), ...wanted.keys()])].toSorted();
  return keys.filter(
    (key) => toCanonicalJson(live.get(key) ?? null) !== toCanonicalJson(wanted.get(key) ?? null),
  );
}

const RANK = { serves: 0, runs: 1, hanging: 2, paused: 3, returnsTo: 4, down: 5 } as const;

/**
 * What serves before what runs before what hangs before what is down; then by name, which
 * `view.instances` is sorted by. A restart goes back to the instance that it stopped, whatever the clock
 * says of the others.
 */
function rank(
  { routes }: ServiceView,
  { id, name, state }: Located,
  returnTo: string | undefined,
): number {
  if (state === 'paused') return RANK.paused;
  if (state !== 'running') return id === returnTo ? RANK.returnsTo : RANK.down;
  return isTarget(routes, name) ? RANK.serves : RANK.runs;
}

/** What ran last goes on. */
function downMs({ state, exit, startedAtMs }: Located): number {
  if (state === 'created') return -1;
  return state === 'exited' ? (exit?.atMs ?? startedAtMs ?? 0) : 0;
}
