import type { ToolsChange } from './history.ts';
import type { Drift, Gate, LeftAlone, Reason, Side } from './plan.ts';
import type { Problem } from './problem.ts';
import type { Commit, DesiredService } from './service.ts';
import type { ToolChanges } from './tool-surface.ts';

/** As `terraform show -json`: a policy tool can "just scan the list for delete". */
export type Action = 'no-op' | 'create' | 'update' | 'delete' | 'forget' | 'import';

/** A plan as people save, show and judge it by tool: the contract of `schemas/plan.schema.json`. */
export interface PlanDocument {
  /** Major changes break readers, minor ones add. */
  readonly formatVersion: '1.0';
  readonly planId: string;
  readonly managerId: string;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly commit?: Commit;
  /** What it needs of the allowance that it was made with; applying it gives that. */
  readonly allowRemovals?: number;
  readonly changes: readonly ChangeDocument[];
  readonly drift: readonly Drift[];
  readonly problems: readonly Problem[];
  readonly waiting: readonly WaitingDocument[];
  /** What is seen and never touched; absent in plans of earlier versions. */
  readonly leftAlone?: readonly LeftAlone[];
  /** What became of tools: in services that change, and where nobody approved them. */
  readonly tools?: readonly ServiceTools[];
  readonly summary: PlanSummary;
  /** What `apply FILE` holds against the world before it does anything; one per touched service. */
  readonly basis: Readonly<Record<string, ServiceBasis>>;
}

export interface ChangeDocument {
  readonly service: string;
  readonly change: {
    readonly actions: readonly Action[];
    readonly before: Side | null;
    readonly after: Side | null;
    readonly replacePaths: readonly string[];
  };
  readonly actionReason: Reason;
  readonly cause: string;
  /** The whole road in order: steps and waits. */
  readonly steps: readonly StepDocument[];
  readonly gate?: Gate;
}

export interface StepDocument {
  /** Step kind, or `wait`. */
  readonly kind: string;
  /** Instance name, image reference or slug; what is waited for. */
  readonly target: string;
  readonly cause: string;
  /** RFC 3339; of waits that end by time. */
  readonly until?: string;
  /** Only of a step that takes volumes, and the data in them, along. */
  readonly volumes?: true;
  /** Only of a pull. */
  readonly policy?: DesiredService['pull'];
}

export interface WaitingDocument {
  readonly service: string;
  readonly cause: string;
  readonly until?: string;
}

export interface ServiceTools {
  readonly service: string;
  /** With the release that runs. */
  readonly change?: ToolsChange;
  /** From the approved tools to those that it lists. */
  readonly unapproved?: ToolChanges;
}

/** Counts of services, by what happens to them. */
export interface PlanSummary {
  readonly create: number;
  readonly update: number;
  readonly replace: number;
  readonly remove: number;
  readonly forget: number;
  readonly import: number;
  readonly blocked: number;
}

/** What one service was when the plan was made. */
export interface ServiceBasis {
  /** The approved version; absent when the plan lets the service go. */
  readonly desired?: { readonly image?: string };
  readonly desiredDigest: string | null;
  /** Version of each secret that it names, as far as they were known. */
  readonly secretVersions?: Readonly<Record<string, string>>;
  /** What its image reference meant, where that was asked. */
  readonly imageId?: string;
  readonly observed: readonly ObservedBasis[];
}

/** Nothing volatile: a restart of the same release is no move. */
export interface ObservedBasis {
  readonly id: string;
  readonly name: string;
  readonly revision: string;
  readonly release: string;
  readonly imageId: string | null;
  readonly stateClass: 'up' | 'down';
  /** What of it differed from what was applied: `resources.memoryBytes: 419430400`. Absent: nothing. */
  readonly drift?: readonly string[];
}

/** Why a saved plan no longer fits: the service, and what moved in words. */
export interface StaleService {
  readonly service: string;
  readonly moved: string;
}
