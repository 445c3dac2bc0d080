import type { ServiceStatus } from '../model/status.ts';
import { toContainerStatus } from './service-facts.ts';
import { formatGoDuration, formatTime } from './time-texts.ts';

/** How long this manager runs, and the time of the answer. */
export interface Moment {
  readonly nowMs: number;
  readonly uptimeMs: number;
}

/** `GET /health` (wire.md §1.1): it answers, so it is healthy. */
export interface ManagerHealthBody {
  readonly status: 'healthy';
  readonly version: string;
  readonly containers_running: number;
  readonly timestamp: string;
  readonly uptime: string;
}

export function toManagerHealth(
  services: readonly ServiceStatus[],
  version: string,
  moment: Moment,
): ManagerHealthBody {
  const running = countOf(services).running;
  return { status: 'healthy', version, containers_running: running, ...toTimes(moment) };
}

interface Times {
  readonly timestamp: string;
  readonly uptime: string;
}

type Sums<Names extends string> = Readonly<
  Record<`${Names}_${'containers' | 'instances'}`, number>
>;

/** `GET /monitoring/status`; containers and instances are the same here. */
export type MonitoringStatusBody = Sums<'total' | 'healthy' | 'unhealthy' | 'stopped'> & Times;

/** What neither runs nor has ended counts as stopped, as in the original. */
export function toMonitoringStatus(
  services: readonly ServiceStatus[],
  moment: Moment,
): MonitoringStatusBody {
  const { total, running, stopped, error } = countOf(services);
  const unhealthy = stopped + error;
  const rest = total - running - unhealthy;
  return {
    total_containers: total,
    healthy_containers: running,
    unhealthy_containers: unhealthy,
    stopped_containers: rest,
    total_instances: total,
    healthy_instances: running,
    unhealthy_instances: unhealthy,
    stopped_instances: rest,
    ...toTimes(moment),
  };
}

/** `GET /monitoring/health-summary`. */
export type HealthSummaryBody = Sums<
  'total' | 'healthy' | 'unhealthy' | 'stopped' | 'running' | 'error'
> &
  Times;

export function toHealthSummary(
  services: readonly ServiceStatus[],
  moment: Moment,
): HealthSummaryBody {
  const { total, running, stopped, error } = countOf(services);
  return {
    total_containers: total,
    healthy_containers: running,
    unhealthy_containers: total - running,
    stopped_containers: stopped,
    running_containers: running,
    error_containers: error,
    total_instances: total,
    healthy_instances: running,
    unhealthy_instances: total - running,
    stopped_instances: stopped,
    running_instances: running,
    error_instances: error,
    ...toTimes(moment),
  };
}

function countOf(services: readonly ServiceStatus[]) {
  const words = services.map((status) => toContainerStatus({ status }));
  const count = (wanted: string): number => words.filter((word) => word === wanted).length;
  return {
    total: words.length,
    running: count('running'),
    stopped: count('stopped'),
    error: count('error'),
  };
}

function toTimes({ nowMs, uptimeMs }: Moment): Times {
  return { timestamp: formatTime(nowMs), uptime: formatGoDuration(uptimeMs) };
}
