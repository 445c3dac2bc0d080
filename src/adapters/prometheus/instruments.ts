import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Calls on this machine take milliseconds, those that wait for something take minutes. */
const SHORT_S = [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const LONG_S = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

export type Instruments = ReturnType<typeof createInstruments>;

/** Everything that is counted, as docs/metrics.md lists it. Each label has a bounded set of values. */
export function createInstruments(registry: Registry) {
  return {
    ...createLoopInstruments(registry),
    ...createServiceInstruments(registry),
    ...createEventInstruments(registry),
    ...createCoreInstruments(registry),
    build: gauge(registry, 'build_info', 'Always 1; says what runs.', [
      'version',
      'node',
      'runtime',
    ]),
    runtimeCallSeconds: histogram(registry, {
      name: 'runtime_call_seconds',
      help: 'Calls of a runtime.',
      labels: ['runtime', 'call', 'outcome'],
      buckets: LONG_S,
    }),
    requestSeconds: histogram(registry, {
      name: 'http_request_seconds',
      help: 'Requests to the API until they were answered; of streams until they began.',
      labels: ['route', 'method', 'status'],
      buckets: SHORT_S,
    }),
  };
}

function createLoopInstruments(registry: Registry) {
  return {
    passes: counter(registry, 'passes_total', 'Passes that have ended.', [
      'scope',
      'depth',
      'outcome',
    ]),
    passSeconds: histogram(registry, {
      name: 'pass_seconds',
      help: 'How long passes took.',
      labels: ['scope', 'depth'],
      buckets: SHORT_S,
    }),
    queueSeconds: histogram(registry, {
      name: 'pass_queue_seconds',
      help: 'From the first wake until the pass that answers it began.',
      labels: [],
      buckets: SHORT_S,
    }),
    steps: counter(registry, 'steps_total', 'Steps that have ended.', ['kind', 'outcome']),
    stepSeconds: histogram(registry, {
      name: 'step_seconds',
      help: 'How long steps took.',
      labels: ['kind'],
      buckets: LONG_S,
    }),
    waitSeconds: histogram(registry, {
      name: 'wait_seconds',
      help: 'How long services stood at a gate of their plan.',
      labels: ['until'],
      buckets: LONG_S,
    }),
    waiting: gauge(registry, 'services_waiting', 'Services that stand at a gate of their plan.', [
      'until',
    ]),
  };
}

function createServiceInstruments(registry: Registry) {
  return {
    services: gauge(registry, 'services', 'Services by state.', ['state']),
    verified: gauge(registry, 'service_verified', '1 where the last check of a service passed.', [
      'service',
    ]),
    problems: gauge(registry, 'problems', 'Mistakes in the documents.', []),
    restarts: counter(registry, 'restarts_total', 'Instances that were started again.', ['cause']),
    drift: counter(registry, 'drift_found_total', 'Differences that were found.', ['signal']),
    driftOpen: gauge(registry, 'drift_open', 'Differences that are not healed yet.', ['signal']),
    healSeconds: histogram(registry, {
      name: 'heal_seconds',
      help: 'From when a difference was found until it was seen healed.',
      labels: ['signal'],
      buckets: LONG_S,
    }),
  };
}

function createEventInstruments(registry: Registry) {
  return {
    events: counter(registry, 'events_total', 'Events that were written.', ['type']),
    deliverySeconds: histogram(registry, {
      name: 'event_delivery_seconds',
      help: 'From when an event happened until Redis had it.',
      labels: [],
      buckets: SHORT_S,
    }),
    outbox: gauge(registry, 'outbox_events', 'Events that Redis has not got yet.', []),
    outboxAge: gauge(registry, 'outbox_oldest_seconds', 'Age of the oldest of them.', []),
  };
}

function createCoreInstruments(registry: Registry) {
  return {
    coreMessages: counter(registry, 'core_messages_total', "Messages of the platform's core.", [
      'kind',
    ]),
    coreTold: counter(registry, 'core_statuses_total', 'Statuses of instances for core.', [
      'status',
      'outcome',
    ]),
    coreLists: counter(registry, 'core_list_reads_total', "Readings of core's list.", ['outcome']),
  };
}

function counter<Label extends string>(
  registry: Registry,
  name: string,
  help: string,
  labels: readonly Label[],
): Counter<Label> {
  return new Counter({ name: PREFIX + name, help, labelNames: labels, registers: [registry] });
}

function gauge<Label extends string>(
  registry: Registry,
  name: string,
  help: string,
  labels: readonly Label[],
): Gauge<Label> {
  return new Gauge({ name: PREFIX + name, help, labelNames: labels, registers: [registry] });
}

interface HistogramOptions<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly Label[];
  /** Upper bounds in seconds. */
  readonly buckets: readonly number[];
}

function histogram<Label extends string>(
  registry: Registry,
  { name, help, labels, buckets }: HistogramOptions<Label>,
): Histogram<Label> {
  return new Histogram({
    name: PREFIX + name,
    help,
    labelNames: labels,
    buckets: [...buckets],
    registers: [registry],
  });
}

const PREFIX = 'mcp_manager_';
