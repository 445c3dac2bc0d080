import type { ServicePlan } from './model/plan.ts';

/** Told of what the loop does as it happens; cheap, and never throws. */
export interface LoopWatcher {
  passEnded(pass: EndedPass): void;
  /** What was decided of the services that a pass looked at: of all, or of those in `scope`. */
  planned(services: readonly ServicePlan[], scope: 'all' | ReadonlySet<string>): void;
}

export interface EndedPass {
  readonly scope: 'all' | 'some';
  readonly deep: boolean;
  readonly outcome: 'done' | 'failed';
  readonly tookMs: number;
  /** From the first wake that it answers until it began; absent where the clock asked for it. */
  readonly queuedMs?: number;
}

/** What is counted and timed, for whoever asks over the API. */
export interface ApiMetrics {
  /** Cheap, and never throws. */
  answered(request: AnsweredRequest): void;
  /** In the text format of Prometheus, 0.0.4. */
  text(): Promise<string>;
}

export interface AnsweredRequest {
  readonly method: string;
  /** The pattern of the path, `/v1/services/:name`; absent where there is no such route. */
  readonly route?: string;
  readonly status: number;
  /** Until the whole answer was sent; of a stream until its beginning was. */
  readonly tookMs: number;
}

/** Whether the manager does its work now. Never about the services that it manages. */
export interface Readiness {
  readonly isReady: boolean;
  readonly checks: readonly ReadinessCheck[];
}

export interface ReadinessCheck {
  readonly name:
    | 'store'
    | 'documents'
    | 'lease'
    | 'passes'
    | 'runtime'
    | 'router'
    | 'broker'
    | 'core';
  /** Of several runtimes: which one. */
  readonly of?: string;
  /** `waiting`: it was not known yet since the start. */
  readonly state: 'ok' | 'waiting' | 'failing';
  /** Whether the manager is ready only with it. */
  readonly isNeeded: boolean;
}
