import type { Condemned, GoodRelease } from './history.ts';
import type { Problem } from './problem.ts';
import type { Route } from './route.ts';
import type { DesiredService, Resources } from './service.ts';
import type { ServiceStatus } from './status.ts';
import type { ProbeTarget } from './verification.ts';

/** Why a decision was made; the codes are stable, unknown ones must be tolerated by readers. */
export type Reason =
  | 'no_change'
  | 'create_because_new'
  | 'create_because_missing'
  | 'create_because_power_on'
  | 'replace_because_spec_changed'
  | 'replace_because_secret_changed'
  | 'replace_because_drifted'
  | 'replace_because_image_moved'
  | 'create_because_scaled'
  | 'rollback_because_failed'
  | 'rollback_by_request'
  | 'replace_by_request'
  | 'pull_by_request'
  | 'pull_because_always'
  | 'update_because_route_changed'
  | 'update_because_drifted'
  | 'start_because_stopped'
  | 'restart_because_crashed'
  | 'restart_because_unresponsive'
  | 'restart_by_request'
  | 'stop_because_power_off'
  | 'remove_because_not_desired'
  | 'remove_by_request'
  | 'remove_leftover'
  | 'forget_by_request'
  | 'import_by_document';

export type ChangeKind = 'no-op' | 'create' | 'update' | 'replace' | 'remove' | 'forget' | 'import';

/** The object that a step addresses. `id` is absent only while the object is not made yet. */
export interface Target {
  readonly name: string;
  readonly id?: string;
  /** It has no labels of ours: a document adopts it. */
  readonly adopted?: true;
}

type KnownTarget = Target & { readonly id: string };

/**
 * One idempotent call of a runtime. A pull sees to it that the image is in the runtime's own store:
 * `missing` asks no registry for what is there, `always` asks in any case, `never` in no case.
 */
export type RuntimeStep =
  | { readonly kind: 'pull'; readonly image: string; readonly policy: DesiredService['pull'] }
  | {
      readonly kind: 'create';
      readonly target: Target;
      readonly release: string;
      /** The image that it is made from; absent: whatever the service's reference means then. */
      readonly imageId?: string;
      readonly secretVersions: Readonly<Record<string, string>>;
      readonly service: DesiredService;
    }
  /** `remaining`: so many more instances are to start before a request to restart holds. */
  | { readonly kind: 'start'; readonly target: Target; readonly remaining?: number }
  | { readonly kind: 'stop'; readonly target: Target; readonly graceMs: number }
  | {
      readonly kind: 'remove';
      readonly target: Target;
      /** What goes with it, data and all, by the names in the fleet; what others use still stays. */
      readonly volumes: readonly string[];
    }
  /** Brings drifted limits back while the instance runs. */
  | { readonly kind: 'update'; readonly target: Target; readonly resources: Resources }
  | { readonly kind: 'forget'; readonly target: Target }
  /** Renames a container that is not ours yet, by its id, to `target.name`; it runs on. */
  | { readonly kind: 'adopt'; readonly target: KnownTarget; readonly from: string }
  /** Removes a network or volume of ours that no container of ours uses. */
  | {
      readonly kind: 'prune';
      readonly object: 'network' | 'volume';
      readonly target: KnownTarget;
    };

/** One idempotent call of the router. */
export type RouterStep =
  | { readonly kind: 'route'; readonly route: Route }
  | { readonly kind: 'unroute'; readonly slug: string };

/** One atomic effect, with the sentence an operator reads. */
export type Step = ((RuntimeStep & { readonly runtime: string }) | RouterStep) & {
  readonly reason: Reason;
  readonly cause: string;
};

/** A gate in the road: decided by the planner, never slept on by `apply`. */
export interface Wait {
  readonly kind: 'wait';
  readonly until:
    | 'pulled'
    | 'started'
    | 'verified'
    | 'stable'
    | 'drained'
    | 'motion-ends'
    | 'back-off-ends'
    | 'observed'
    | 'approved'
    | 'mended'
    | 'unpaused'
    | 'allowed';
  readonly cause: string;
  /** When to look again, wall-clock milliseconds; absent when only an event can end the wait. */
  readonly untilMs?: number;
  /** When to look whether it has ended before that, where nobody tells. */
  readonly lookAtMs?: number;
}

/** Live differs from what was applied: field by field, in existence, or at run time. */
export interface Drift {
  readonly service: string;
  readonly signal: 'spec' | 'existence' | 'runtime';
  readonly instance?: string;
  readonly path?: string;
  readonly expected: string;
  readonly actual: string;
}

/** What a change is from and to, for people and for `change.before|after`; no secret values. */
export interface Side {
  readonly revision: string;
  readonly release?: string;
  readonly imageId?: string;
  /** Under which a registry gave the image. */
  readonly imageDigest?: string;
  readonly spec?: unknown;
  readonly power: 'on' | 'off';
  readonly url?: string;
}

/** A removal that is held back, and how to allow it. */
export interface Gate {
  readonly code: string;
  readonly cause: string;
  readonly allow: string;
}

/** What is seen and never touched, why, and what a person may do about it. */
export interface LeftAlone {
  readonly kind: 'container' | 'volume';
  /** The service that it says it belongs to, or belonged to. */
  readonly service: string;
  readonly runtime: string;
  readonly name: string;
  readonly cause: string;
  readonly allow: string;
}

/** What the checks have said about a release, for good: it proved itself, or it is given up. */
export type Verdict =
  | { readonly kind: 'good'; readonly release: GoodRelease }
  | {
      readonly kind: 'condemned';
      readonly release: Condemned;
      /** What is returned to. */
      readonly to: string;
      /** Whose last output tells why. */
      readonly instance: string;
    };

/** The whole decision about one service. `road` shows every step and wait, in order. */
export interface ServicePlan {
  readonly name: string;
  readonly change: ChangeKind;
  readonly reason: Reason;
  readonly cause: string;
  readonly before?: Side;
  readonly after?: Side;
  readonly replacePaths: readonly string[];
  readonly road: readonly (Step | Wait)[];
  readonly drift: readonly Drift[];
  readonly gate?: Gate;
  readonly status: ServiceStatus;
  /** Name of the instance that serves or shall serve, where there is one. */
  readonly instance?: string;
  /** What to check; absent while its instances are out of sight: then what is checked goes on to be. */
  readonly probes?: readonly ProbeTarget[];
  /** Ids of requests that hold now and are spent when this plan is set in motion. */
  readonly spent: readonly string[];
  /** What is to be remembered of releases before this plan is set in motion. */
  readonly verdict?: Verdict;
  readonly desiredDigest?: string;
}

export interface Plan {
  /** Sorted by name. */
  readonly services: readonly ServicePlan[];
  readonly problems: readonly Problem[];
  /** Sorted by kind and name; volumes only where the look was deep. */
  readonly leftAlone: readonly LeftAlone[];
  /** Ids of requests that can no longer mean anything: their service is gone, their time is over. */
  readonly spent: readonly string[];
  /** Earliest moment at which a wait ends by time alone. */
  readonly wakeAtMs?: number;
}

/** A pull that only asks whether an image moved: nothing waits for it, nothing ails without it. */
export function isLook(item: Step | Wait): boolean {
  if (item.kind !== 'pull') return false;
  return item.reason === 'pull_by_request' || item.reason === 'pull_because_always';
}

/** The steps that may be done now: those before the first wait. */
export function stepsBeforeWait(road: readonly (Step | Wait)[]): readonly Step[] {
  const steps: Step[] = [];
  for (const item of road) {
    if (item.kind === 'wait') break;
    steps.push(item);
  }
  return steps;
}
