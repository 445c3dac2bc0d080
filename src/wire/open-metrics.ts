import type { Metrics } from '../adapters/prometheus/metrics.ts';
import type { OpenOptions } from '../cli/host.ts';
import type { Config } from '../config.ts';
import type { Control } from '../control.ts';
import type { ApiMetrics } from '../metrics-ports.ts';
import type { Store } from '../ports.ts';
import { VERSION } from '../version.ts';

/** Only who serves the API is ever asked what it counted. */
export async function openMetricsFor(
  mode: OpenOptions['mode'],
  config: Config,
): Promise<Metrics | undefined> {
  if (mode === 'none' || mode === 'alone') return undefined;
  const { openMetrics } = await import('../adapters/prometheus/metrics.ts');
  return openMetrics({
    version: VERSION,
    nodeVersion: process.version,
    runtime: config.runtime ?? '',
    clock: Date.now,
  });
}

export interface ApiMetricsOptions {
  readonly metrics: Metrics;
  readonly control: Control;
  readonly store: Store;
  /** Whether a broker takes the events. */
  readonly hasBroker: boolean;
}

/** The metrics with what is true of the moment in which they are asked for. */
export function toApiMetrics(options: ApiMetricsOptions): ApiMetrics {
  const { metrics, control, store, hasBroker } = options;
  return {
    answered: metrics.answered,
    async text() {
      const { services, problems } = await control.status();
      return metrics.text({
        services,
        problems: problems.length,
        ...(hasBroker && { outbox: readOutbox(store) }),
      });
    },
  };
}

function readOutbox(store: Store): { readonly events: number; readonly oldestMs: number } {
  const delivered = store.deliveredUpTo();
  const [oldest] = store.events(delivered, 1);
  return {
    events: store.lastNumber() - delivered,
    oldestMs: oldest ? Math.max(0, Date.now() - Date.parse(oldest.event.time)) : 0,
  };
}
