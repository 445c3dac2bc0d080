import {
  type ContainerStatus,
  type ServiceFacts,
  toCommonParts,
  toHealth,
} from './service-facts.ts';
import { formatTime, toNanoseconds } from './time-texts.ts';

interface Common {
  readonly service_name: string;
  readonly status: ContainerStatus;
  readonly healthy: boolean;
  readonly http_reachable: boolean;
  /** Nanoseconds. */
  readonly response_time: number;
  readonly timestamp: string;
}

interface Dates {
  readonly created_at: string;
  readonly updated_at: string;
}

/** `GET /containers/{service}/health/detailed` (wire.md §1.2). */
export interface DetailedContainerHealthBody extends Common {
  readonly container_id: string;
  readonly details: Dates & { readonly container_port: number; readonly container_url: string };
}

/** `GET /instances/{id}/health/detailed` (wire.md §1.1). */
export interface DetailedInstanceHealthBody extends Common {
  readonly instance_id: string;
  readonly details: Dates & { readonly instance_port: number; readonly instance_url: string };
}

export function toDetailedContainerHealth(
  facts: ServiceFacts,
  nowMs: number,
): DetailedContainerHealthBody {
  const { id, port, url, createdAt, updatedAt } = toCommonParts(facts);
  const dates = { created_at: createdAt, updated_at: updatedAt };
  const details = { container_port: port, container_url: url, ...dates };
  return { container_id: id, ...toCommon(facts, nowMs), details };
}

export function toDetailedInstanceHealth(
  facts: ServiceFacts,
  nowMs: number,
): DetailedInstanceHealthBody {
  const { id, port, url, createdAt, updatedAt } = toCommonParts(facts);
  const dates = { created_at: createdAt, updated_at: updatedAt };
  const details = { instance_port: port, instance_url: url, ...dates };
  return { instance_id: id, ...toCommon(facts, nowMs), details };
}

function toCommon(facts: ServiceFacts, nowMs: number): Common {
  const { status, isHealthy, isReachable } = toHealth(facts);
  return {
    service_name: toCommonParts(facts).serviceName,
    status,
    healthy: isHealthy,
    http_reachable: isReachable,
    response_time: toNanoseconds(facts.responseMs ?? 0),
    timestamp: formatTime(nowMs),
  };
}
