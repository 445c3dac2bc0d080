import { collectDefaultMetrics, Registry } from 'prom-client';
import type { CoreParts } from '../../core-ports.ts';
import type { AnsweredRequest, LoopWatcher } from '../../metrics-ports.ts';
import type { Broker, Clock, Runtime, Store } from '../../ports.ts';
import { createInstruments, type Instruments } from './instruments.ts';
import { meterBroker } from './meter-broker.ts';
import { meterCore } from './meter-core.ts';
import { createLoopWatcher } from './meter-loop.ts';
import { meterRuntime } from './meter-runtime.ts';
import { meterStore } from './meter-store.ts';
import { type Scene, setGauges } from './set-gauges.ts';

/** Often enough to see a block of 50 ms, too seldom to cost anything. */
const LOOK_AT_LOOP_MS = 20;

export interface MetricsOptions {
  readonly version: string;
  readonly nodeVersion: string;
  readonly runtime: string;
  readonly clock: Clock;
}

/** Counts at the ports: what passes through the ones that it gives back is counted, and is as it was. */
export interface Metrics {
  readonly watcher: LoopWatcher;
  runtime(runtime: Runtime): Runtime;
  store(store: Store): Store;
  broker(broker: Broker): Broker;
  core(parts: CoreParts): CoreParts;
  answered(request: AnsweredRequest): void;
  /** All of it in the text format of Prometheus, with what is true of the moment as the scene tells. */
  text(scene: Scene): Promise<string>;
}

/** With the figures of the process itself, of which there is one: one of these for each process. */
export function openMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOK_AT_LOOP_MS });
  return createMetrics(registry, options);
}

/** Everything but the figures of the process. */
export function createMetrics(registry: Registry, options: MetricsOptions): Metrics {
  const { version, nodeVersion, runtime, clock } = options;
  const instruments = createInstruments(registry);
  instruments.build.set({ version, node: nodeVersion, runtime }, 1);
  return {
    watcher: createLoopWatcher(instruments),
    runtime: (real) => meterRuntime(real, instruments),
    store: (real) => meterStore(real, instruments),
    broker: (real) => meterBroker(real, { instruments, clock }),
    core: (real) => meterCore(real, instruments),
    answered: (request) => countRequest(instruments, request),
    text(scene) {
      setGauges(instruments, scene);
      return registry.metrics();
    },
  };
}

/** Nobody's words become a label: an unknown path or method counts as one. */
function countRequest({ requestSeconds }: Instruments, request: AnsweredRequest): void {
  const { method, route = 'none', status, tookMs } = request;
  const labels = {
    route,
    method: METHODS.has(method) ? method : 'other',
    status: `${Math.trunc(status / 100)}xx`,
  };
  requestSeconds.observe(labels, tookMs / 1_000);
}

const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
]);
