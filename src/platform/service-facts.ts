import type { DesiredService } from '../model/service.ts';
import type { ServiceStatus } from '../model/status.ts';
import { isStopping } from '../model/stopping.ts';
import { serviceNameIn } from './resolve.ts';
import { isAvailable, toStatusReport } from './status-word.ts';
import { formatTime } from './time-texts.ts';

/** All that an answer about one service is made from. Times are wall-clock milliseconds. */
export interface ServiceFacts {
  readonly status: ServiceStatus;
  /** As it is declared, or was last; absent when nobody knows it any more. */
  readonly desired?: DesiredService;
  readonly containerId?: string;
  /** Where its instance is reached from here. */
  readonly internalUrl?: string;
  readonly createdAtMs?: number;
  /** How long the last check took; absent where none was made. */
  readonly responseMs?: number;
  /** Whether it answered just now; absent where it was not asked. */
  readonly answer?: { readonly kind: 'good' } | { readonly kind: 'none'; readonly cause: string };
}

/** The words for one container (wire.md §1.3), as far as the original ever said them. */
export type ContainerStatus =
  | 'validating'
  | 'starting'
  | 'running'
  | 'stopping'
  | 'stopped'
  | 'error';

/** A service that fails its checks still runs: `health` says that. */
export function toContainerStatus({
  status,
  desired,
}: Pick<ServiceFacts, 'status' | 'desired'>): ContainerStatus {
  if (status.state === 'Degraded') return 'running';
  if (status.state === 'Removing') return 'stopping';
  if (isStopping(status, desired)) return 'stopping';
  const word = toStatusReport(status)?.word ?? 'failed';
  return word === 'failed' ? 'error' : word;
}

export interface Health {
  readonly status: ContainerStatus;
  /** It runs, passes its checks, and traffic reaches it. */
  readonly isHealthy: boolean;
  /** It answered its last check, or just now where it was asked. */
  readonly isReachable: boolean;
  /** Why it is not healthy. */
  readonly error?: string;
}

export function toHealth(facts: Pick<ServiceFacts, 'status' | 'desired' | 'answer'>): Health {
  const { status: service, answer } = facts;
  const status = toContainerStatus(facts);
  const isRunning = status === 'running';
  const isAnswering = answer ? answer.kind === 'good' : undefined;
  const isHealthy = isRunning && isAvailable(service) && isAnswering !== false;
  const isReachable = isAnswering ?? (isHealthy || (isRunning && isVerified(service)));
  if (isHealthy) return { status, isHealthy, isReachable };
  const reason = isRunning ? 'HTTP endpoint not reachable' : 'Container is not running';
  const cause = answer?.kind === 'none' ? answer.cause : service.cause;
  return { status, isHealthy, isReachable, error: cause || reason };
}

function isVerified({ conditions }: ServiceStatus): boolean {
  return conditions.some(({ type, status }) => type === 'Verified' && status === 'True');
}

/** What every answer says of a service. */
export interface CommonParts {
  /** Of its container; while there is none, what the same path finds it by. */
  readonly id: string;
  readonly serviceName: string;
  readonly slug: string;
  readonly image: string;
  readonly port: number;
  readonly url: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export function toCommonParts(facts: ServiceFacts): CommonParts {
  const { status, desired, containerId, createdAtMs = status.startedAtMs } = facts;
  const { spec, platform } = desired ?? {};
  const serviceName = serviceNameIn(desired ?? status);
  return {
    id: containerId ?? platform?.instanceId ?? serviceName,
    serviceName,
    slug: desired?.slug ?? status.slug ?? '',
    image: spec?.image ?? status.image ?? '',
    port: spec?.port ?? 0,
    url: status.url ?? '',
    createdAt: formatTime(createdAtMs),
    updatedAt: formatTime(status.changedAtMs ?? createdAtMs),
  };
}
