import type { PlanDocument } from './plan-document.ts';
import type { Place } from './problem.ts';
import type { Origin } from './service.ts';

/** A service as its document says it: nothing is expanded, secrets are references. */
export interface Declared {
  readonly service: string;
  readonly origin: Origin;
  readonly place: Place;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Another one whenever the fields say something else, or lie elsewhere. */
  readonly etag: string;
}

export type DeclaredChange =
  | { readonly kind: 'put' | 'merge'; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly kind: 'delete' };

/** What is there must be so; else nothing is done. */
export interface WriteConditions {
  /** Only where it has one of these etags; `any`: only where there is something. */
  readonly ifMatch?: readonly string[] | 'any';
  /** Only where there is nothing yet. */
  readonly ifNew?: boolean;
  /** Only where it has none of these etags. */
  readonly ifNoneMatch?: readonly string[];
}

export interface DeclareRequest extends WriteConditions {
  readonly service: string;
  readonly origin: Exclude<Origin, 'file'>;
  readonly change: DeclaredChange;
  readonly by: string;
  /** Who asks is for this workspace alone: only services of it, and what is new becomes one. */
  readonly workspace?: string;
  /** The platform's own way to make an instance: else who is for one workspace names none that the service did not have. */
  readonly forInstance?: boolean;
  /** Writes nothing, and answers the plan. */
  readonly dryRun?: boolean;
  /** Of a dry run: nobody asks for the plan. */
  readonly withoutPlan?: boolean;
}

export interface DeclareResult {
  readonly kind: 'created' | 'changed' | 'unchanged' | 'deleted';
  /** Absent where it was deleted. */
  readonly declared?: Omit<Declared, 'place'> & { readonly file: string };
  /** That it is of now, or was of before it was deleted; of no dry run. */
  readonly workspace?: string;
  /** What would be done; only of a dry run. */
  readonly plan?: PlanDocument;
}

export interface TransferRequest extends WriteConditions {
  readonly service: string;
  /** The new owner. */
  readonly to: Origin;
  readonly by: string;
}
