import type { Health } from '../control.ts';
import type { PlanDocument } from '../model/plan-document.ts';
import type { ServiceLimit } from '../model/service-limit.ts';
import type { Desired } from '../model/service.ts';
import type { PlannedWorld } from '../plan/basis.ts';
import type { Clock, Documents, DocumentSet, Prober, Runtime, Secrets } from '../ports.ts';
import type { Announcements } from './announce.ts';
import type { WriteApproval } from './approve-tools.ts';
import type { ImportControl } from './control-import.ts';
import type { TemplateReader } from './control-templates.ts';
import type { Errand } from './errand.ts';
import type { Gather, GatherFor } from './gather.ts';
import type { Wake } from './loop.ts';
import type { PassFeed } from './pass-feed.ts';
import type { Reconciler } from './reconciler.ts';
import type { Declarer } from './written-service.ts';

/** What the manager's Control works with. */
export interface ControlOptions {
  readonly managerId: string;
  readonly announcements: Announcements;
  readonly reconciler: Reconciler;
  readonly gather: Gather;
  readonly desired: () => Desired;
  /** Reads the documents again, and answers what was read. */
  readonly refresh: () => Promise<DocumentSet>;
  readonly runtimes: ReadonlyMap<string, Runtime>;
  readonly wake: (wake: Wake) => void;
  readonly passes: PassFeed;
  readonly mode: 'auto' | 'approve';
  /** Whether the loop runs: its last look is the status. Otherwise each question looks for itself. */
  readonly isLive: () => boolean;
  /** Where no manager runs: does the work of one apply, until the signal aborts. */
  readonly runAlone?: (errand: Errand, signal: AbortSignal) => Promise<void>;
  /** Reads what runs into documents. */
  readonly imports: ImportControl;
  /** Reads and writes documents for programs. */
  readonly documents: Documents;
  readonly secrets: Secrets;
  readonly declarer: Declarer;
  readonly limit: ServiceLimit;
  readonly templateReader: TemplateReader;
  readonly writeApproval: WriteApproval;
  /** Looks at the world as it would be with another desired set. */
  readonly gatherFor: GatherFor;
  readonly health: () => Health;
  readonly prober: Prober;
  readonly clock: Clock;
}

/** What a plan is made from, at one moment. */
export interface Seen {
  readonly desired: Desired;
  readonly world: PlannedWorld;
}

/** A plan with what it was made from. */
export interface MadePlan extends Seen {
  readonly document: PlanDocument;
}
