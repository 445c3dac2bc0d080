import { randomUUID } from 'node:crypto';
import { AppError, ERROR_CODES } from '../errors.ts';
import type { FailureKind } from '../model/history.ts';
import type { Intent, StoreChange } from '../model/journal.ts';
import type { Step } from '../model/plan.ts';
import { secretReferences } from '../model/revision.ts';
import { recordStep, requestsSpentBy, type StepEnd, updatesAnswered } from '../plan/outcome.ts';
import type { Clock, Lease, Log, Router, Runtime, Secrets, Store } from '../ports.ts';
import type { CommitQueue } from './commit-queue.ts';
import { type MotionFacts, stepDone, stepFailed, stepStarted, targetOf } from './tell.ts';

/** A step that takes longer has failed; it may still have happened, the next observation tells. */
const STEP_DEADLINE_MS = 600_000;
/** A pull of which nothing arrives is given up by its runtime; this bounds a slow line and the queue for it. */
const PULL_DEADLINE_MS = 6 * 3_600_000;

export interface ApplyPorts {
  readonly runtimes: ReadonlyMap<string, Runtime>;
  readonly router: Router;
  readonly secrets: Secrets;
  readonly lease: Lease;
  readonly store: Store;
  readonly commits: CommitQueue;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Motion {
  readonly facts: MotionFacts;
  readonly steps: readonly Step[];
  readonly desiredDigest: string;
}

/**
 * Carries out one service's steps in order; the first failure ends them. Decides nothing. Each step
 * is journaled before it is done, and its outcome is written together with its events. Answers the
 * steps that succeeded. Throws only when the store cannot be written: then no further step is begun.
 */
export async function applyMotion(
  motion: Motion,
  ports: ApplyPorts,
  signal: AbortSignal,
): Promise<readonly Step[]> {
  const { service } = motion.facts;
  const done: Step[] = [];
  let toOutcome: () => readonly StoreChange[] = nothing;
  for (const [index, step] of motion.steps.entries()) {
    if (signal.aborted) break;
    const intent = toIntent(step, motion, ports.clock());
    const started = stepStarted(step, motion.facts, intent.atMs);
    const toBefore = toOutcome;
    await ports.commits.commit(service, () => [
      ...toBefore(),
      { kind: 'intent', intent },
      { kind: 'event', event: started },
    ]);
    const end = await endOf(step, motion, ports);
    const isLast = !motion.steps.slice(index + 1).some(({ kind }) => kind === 'remove');
    toOutcome = () => outcomeChanges({ intent, end, motion, isLast }, ports.store);
    if (end.failure) break;
    done.push(step);
  }
  await ports.commits.commit(service, toOutcome);
  return done;
}

function nothing(): readonly StoreChange[] {
  return [];
}

function toIntent(step: Step, { facts }: Motion, atMs: number): Intent {
  return {
    id: randomUUID(),
    service: facts.service,
    ...(facts.workspace !== undefined && { workspace: facts.workspace }),
    kind: step.kind,
    target: targetOf(step),
    cause: step.cause,
    planId: facts.planId,
    ...(facts.revision !== undefined && { revision: facts.revision }),
    atMs,
  };
}

/** The only catch: whatever a step throws is that step's failure and stops nobody else. */
async function endOf(
  step: Step,
  { facts, desiredDigest }: Motion,
  ports: ApplyPorts,
): Promise<StepEnd> {
  try {
    await perform(step, ports, AbortSignal.timeout(deadlineOf(step)));
    return { step, desiredDigest, atMs: ports.clock() };
  } catch (error) {
    const failure = toFailure(error);
    const fields = { service: facts.service, step: step.kind, code: failure.code, error };
    ports.log[failure.code === 'BUG' ? 'error' : 'warn'](fields, failure.message);
    return { step, desiredDigest, atMs: ports.clock(), failure };
  }
}

function deadlineOf(step: Step): number {
  if (step.kind === 'pull') return PULL_DEADLINE_MS;
  return step.kind === 'stop' ? STEP_DEADLINE_MS + step.graceMs : STEP_DEADLINE_MS;
}

async function perform(step: Step, ports: ApplyPorts, signal: AbortSignal): Promise<void> {
  await ports.lease.confirm();
  switch (step.kind) {
    case 'route':
      return ports.router.route(step.route, signal);
    case 'unroute':
      return ports.router.unroute(step.slug, signal);
    case 'pull':
    case 'create':
    case 'start':
    case 'stop':
    case 'remove':
    case 'update':
    case 'forget':
    case 'adopt':
    case 'prune': {
      const runtime = ports.runtimes.get(step.runtime);
      if (!runtime)
        throw new AppError('RUNTIME_UNAVAILABLE', `runtime ${step.runtime} is not open`);
      const references = step.kind === 'create' ? secretReferences(step.service.spec) : [];
      const values =
        references.length > 0
          ? await ports.secrets.resolve(references, signal)
          : new Map<string, string>();
      await runtime.perform(step, values, signal);
    }
  }
}

function toFailure(error: unknown): { kind: FailureKind; code: string; message: string } {
  if (error instanceof AppError) {
    const hint = error.hint === undefined ? '' : ` (${error.hint})`;
    return { kind: ERROR_CODES[error.code], code: error.code, message: `${error.message}${hint}` };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'retry', code: 'BUG', message };
}

interface EndedStep {
  readonly intent: Intent;
  readonly end: StepEnd;
  readonly motion: Motion;
  readonly isLast: boolean;
}

function outcomeChanges(
  { intent, end, motion, isLast }: EndedStep,
  store: Store,
): readonly StoreChange[] {
  const { facts } = motion;
  const { step, atMs, failure } = end;
  const own = store
    .requests()
    .filter((request) => 'service' in request && request.service === facts.service);
  const answers = updatesAnswered(own, { beganMs: intent.atMs, endedMs: atMs });
  const history = recordStep(store.histories().get(facts.service) ?? {}, { ...end, answers });
  const changes: StoreChange[] = [{ kind: 'history', service: facts.service, history }];
  if (failure) {
    const { code, message } = failure;
    changes.push({
      kind: 'outcome',
      outcome: { intentId: intent.id, result: 'failed', atMs, code, message },
    });
    changes.push({
      kind: 'event',
      event: stepFailed(step, facts, { timeMs: atMs, code, message }),
    });
    return changes;
  }
  changes.push({ kind: 'outcome', outcome: { intentId: intent.id, result: 'done', atMs } });
  if (isLast && step.kind === 'remove' && step.reason === 'remove_because_not_desired') {
    changes.push({ kind: 'removal', service: facts.service, atMs });
  }
  const spent = requestsSpentBy(step, own).map((id) => ({ kind: 'request-spent', id }) as const);
  const events = stepDone(step, facts, atMs).map((event) => ({ kind: 'event', event }) as const);
  return [...changes, ...spent, ...events];
}
