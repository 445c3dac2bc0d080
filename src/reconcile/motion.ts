import type { ApiControl } from '../api-control.ts';
import type { Health, Inspection } from '../control.ts';
import type { AppError } from '../errors.ts';
import type { ServiceLimit } from '../model/service-limit.ts';
import type { Desired, DesiredService } from '../model/service.ts';
import type {
  Broker,
  Clock,
  Documents,
  DocumentSet,
  Lease,
  Log,
  Prober,
  Router,
  Runtime,
  Secrets,
  Store,
} from '../ports.ts';
import type { LoopWatcher, Readiness } from '../metrics-ports.ts';
import { announceCommits } from './announce.ts';
import type { Answers, Audit } from '../access-ports.ts';
import type { WriteApproval } from './approve-tools.ts';
import { createAnswers, type AnswersOptions } from './answers.ts';
import { createAudit, type AuditOptions } from './audit.ts';
import { createChecking, type Checking } from './checking.ts';
import { createCommitQueue, type CommitQueue } from './commit-queue.ts';
import type { CoreParts } from '../core-ports.ts';
import { type CoreWork, createCoreWork } from './core/work.ts';
import type { ControlOptions } from './control-options.ts';
import { createControl } from './control.ts';
import { createImportControl, type Draft } from './control-import.ts';
import type { TemplateReader } from './control-templates.ts';
import { createDelivery, type Delivery } from './deliver.ts';
import { createDesiredSource } from './desired-source.ts';
import { WHATEVER_IS_PLANNED } from './errand.ts';
import { createGatherFor } from './gather.ts';
import { createInspection } from './inspection.ts';
import { tellHandEdits } from './hand-edits.ts';
import { closeInterrupted } from './interrupted.ts';
import type { Wake } from './loop.ts';
import { readReadiness } from './readiness.ts';
import { createReconciler, type Reconciler } from './reconciler.ts';
import { createRounds, type Rounds } from './rounds.ts';
import { watchSight } from './sight.ts';
import type { Declarer } from './written-service.ts';

/** Running steps may take so long to end at shutdown; what is not ended then is recorded at the next start. */
const REST_MS = 10_000;

export interface MotionParts {
  readonly settings: {
    readonly resyncMs: number;
    readonly deepMs: number;
    readonly maxPrunePercent: number;
    /** How many services programs may declare. */
    readonly limit?: ServiceLimit;
  };
  /** `alone`: nothing is done but what an apply asks for, while it waits for it. */
  readonly mode: 'auto' | 'approve' | 'alone';
  /** What `health` tells; `troubles` come from here. */
  readonly identity: Omit<Health, 'troubles' | 'harmless'>;
  readonly log: Log;
  readonly clock: Clock;
  readonly documents: Documents;
  readonly store: Store;
  readonly runtimes: ReadonlyMap<string, Runtime>;
  readonly router: Router;
  readonly prober: Prober;
  readonly secrets: Secrets;
  /** Confirmed before each step; once it is lost to somebody else nothing more is begun. */
  readonly lease: Lease;
  readonly broker?: Broker;
  /** Absent: nobody works for the platform's core. */
  readonly core?: CoreParts;
  /** A container as a document. */
  readonly draft: Draft;
  readonly declarer: Declarer;
  readonly templateReader: TemplateReader;
  readonly writeApproval: WriteApproval;
  /** What does not work of what the motion does not know. */
  readonly troubles?: () => readonly string[];
  readonly load: (set: DocumentSet, accepted: ReadonlyMap<string, DesiredService>) => Desired;
  /** Told of passes and plans. */
  readonly watcher?: LoopWatcher;
}

export interface RunningMotion {
  readonly control: ApiControl;
  readonly inspection: Inspection;
  /** Who did what over the API. */
  readonly audit: Audit;
  /** To writes over the API. */
  readonly answers: Answers;
  /** Whether it does its work now; asks nobody outside. */
  readiness(): Readiness;
  /**
   * Reconciles, probes and delivers until the signal aborts; then lets running steps end. Throws
   * LEASE_HELD once somebody else has the lease.
   */
  run(signal: AbortSignal): Promise<void>;
}

/** Joins the parts of the motion: who wakes whom, who tells whom. Decides nothing. */
export function createMotion(parts: MotionParts): RunningMotion {
  const { settings, identity } = parts;
  const mode = parts.mode === 'auto' ? 'auto' : 'approve';
  const announcements = announceCommits(parts.store);
  const { store } = announcements;
  const commits = createCommitQueue(store);
  const wake = (wanted: Wake): void => rounds.wake(wanted);
  let live = false;
  const tellers = { commits, workspaceOf: (service: string) => source.workspaceOf(service) };
  const documents = tellHandEdits({ ...parts, ...tellers, isLive: () => live });
  const own = { managerId: identity.managerId, limit: settings.limit ?? {}, documents } as const;
  const shared = { ...parts, ...own, mode, announcements, store, commits, wake } as const;
  const source = createDesiredSource(shared);
  const checking = createChecking({ ...shared, statuses: () => reconciler.statuses() });
  const gatherFor = createGatherFor({ ...settings, ...shared, ...checking });
  const sight = watchSight(gatherFor(source.current));
  const { gather } = sight;
  let errand = WHATEVER_IS_PLANNED;
  const onTargets = checking.set;
  const reconciler = createReconciler({ ...shared, ...sight, onTargets, errand: () => errand });
  const rounds = createRounds({ ...shared, source, reconciler });
  const delivery = createBrokerDelivery(parts, store);
  const run = async (until: AbortSignal): Promise<void> => {
    live = true;
    announcements.onCommit(delivery.wake, until);
    await runAll(parts, { rounds, checking, delivery, reconciler, commits, core, store }, until);
    live = false;
  };
  const runAlone: ControlOptions['runAlone'] = (wanted, until) => {
    errand = wanted;
    return run(until);
  };
  const refresh = (): Promise<DocumentSet> => source.refresh(new AbortController().signal);
  const seen = { reconciler, desired: source.current, refresh, passes: rounds.passes };
  const { declareAll, ...control } = createControl({
    ...shared,
    ...seen,
    gather,
    gatherFor,
    imports: createImportControl({ ...shared, gatherFor }),
    isLive: () => live,
    ...(parts.mode === 'alone' && { runAlone }),
    health: () => tellHealth(parts, rounds, [...delivery.troubles(), ...core.troubles()]),
  });
  const inspection = createInspection({ ...shared, ...seen, gather, tookMs: checking.tookMs });
  const core = createCoreWork({ ...shared, ...seen, declareAll, inspection });
  const readiness = () =>
    readReadiness({ ...parts, source, sight, rounds, delivery, coreWork: core });
  return { control, inspection, ...createRecords({ ...shared, ...tellers }), readiness, run };
}

/** What the API keeps of those who call it. */
function createRecords(
  options: AnswersOptions & AuditOptions,
): Pick<RunningMotion, 'audit' | 'answers'> {
  return { audit: createAudit(options), answers: createAnswers(options) };
}

/** What does not work now, in words. */
interface Troubled {
  readonly troubles: () => readonly string[];
}

type BrokerDelivery = Pick<Delivery, 'wake' | 'run'> & Troubled;

interface Running {
  readonly rounds: Rounds;
  readonly checking: Checking;
  readonly delivery: BrokerDelivery;
  readonly reconciler: Reconciler;
  readonly commits: CommitQueue;
  readonly core: CoreWork;
  readonly store: Store;
}

async function runAll(
  parts: MotionParts,
  { rounds, checking, delivery, reconciler, commits, core, store }: Running,
  until: AbortSignal,
): Promise<void> {
  const { lease, clock } = parts;
  const signal = AbortSignal.any([until, lease.lost]);
  closeInterrupted(store, clock);
  watchOutside(parts, (wake) => rounds.wake(wake), signal);
  // It waits for the first pass: before that begins.
  const working = core.run(signal);
  await Promise.all([working, rounds.run(signal), checking.run(signal), delivery.run(signal)]);
  await Promise.race([reconciler.rest(), timeout(REST_MS)]);
  await commits.rest();
  lease.lost.throwIfAborted();
}

/** Everything outside that may change by itself only ever wakes. */
function watchOutside(
  { documents, runtimes, router }: MotionParts,
  wake: (wake: Wake) => void,
  signal: AbortSignal,
): void {
  documents.watch(() => wake({ documents: true }), signal);
  for (const runtime of runtimes.values()) {
    runtime.watch((name, deep = false) => {
      wake(name === undefined ? { deep } : { names: [name], deep });
    }, signal);
  }
  router.watch(() => wake({}), signal);
}

/** Without a broker nothing is delivered, and nothing is missed. */
function createBrokerDelivery({ broker, log }: MotionParts, store: Store): BrokerDelivery {
  if (!broker) return { wake: () => {}, run: () => Promise.resolve(), troubles: () => [] };
  const onFailure = (error: AppError): void => log.debug({ code: error.code }, error.message);
  const delivery = createDelivery({ store, broker, log, onFailure });
  const troubles = (): readonly string[] => {
    const trouble = delivery.trouble();
    return trouble === undefined ? [] : [trouble];
  };
  return { ...delivery, troubles };
}

function tellHealth(parts: MotionParts, rounds: Rounds, harmless: readonly string[]): Health {
  return {
    ...parts.identity,
    troubles: [...rounds.troubles(), ...outsideTroubles(parts), ...harmless],
    harmless,
  };
}

function outsideTroubles({ router, troubles }: MotionParts): readonly string[] {
  const seen = router.observe();
  const trouble = seen.ok ? seen.trouble : seen.cause;
  return [...(trouble === undefined ? [] : [trouble]), ...(troubles?.() ?? [])];
}

function timeout(ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, ms).unref();
  return promise;
}
