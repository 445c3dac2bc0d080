import { type ContainerBody, toContainer } from './container-body.ts';
import {
  type CommonParts,
  type ContainerStatus,
  type ServiceFacts,
  toCommonParts,
  toHealth,
} from './service-facts.ts';
import { formatTime, toNanoseconds } from './time-texts.ts';

/** `HealthCheckResult` of wire.md §1.3; `response_time` in nanoseconds. */
export interface HealthCheckBody {
  readonly healthy: boolean;
  /** The same word as `status`: what newer generations of core read (wire.md §11). */
  readonly state: ContainerStatus;
  readonly status: ContainerStatus;
  readonly http_reachable: boolean;
  readonly response_time: number;
  readonly container_id?: string;
  readonly service_name: string;
  readonly error?: string;
  readonly details: HealthDetails;
  readonly timestamp: string;
}

/** `HealthMap` of wire.md §1.3: what core reads of every service; `response_time_ms` in milliseconds. */
export interface HealthMapBody {
  readonly service_name: string;
  readonly container_id: string;
  readonly container_status: ContainerStatus;
  readonly healthy: boolean;
  readonly http_reachable: boolean;
  readonly response_time_ms: number;
  readonly timestamp: string;
  readonly url: string;
  readonly slug: string;
  readonly error?: string;
  readonly details: HealthDetails;
}

export interface HealthDetails {
  readonly direct_http_endpoint?: string;
  readonly internal_port: number;
  readonly response_time_ms: number;
  readonly proxy_url: string;
  readonly container_port: number;
  readonly container_image: string;
  readonly created_at: string;
  readonly updated_at: string;
}

export function toHealthCheck(facts: ServiceFacts, nowMs: number): HealthCheckBody {
  const { status, isHealthy, isReachable, error } = toHealth(facts);
  const { containerId, responseMs = 0 } = facts;
  const parts = toCommonParts(facts);
  return {
    healthy: isHealthy,
    state: status,
    status,
    http_reachable: isReachable,
    response_time: toNanoseconds(responseMs),
    ...(containerId !== undefined && { container_id: containerId }),
    service_name: parts.serviceName,
    ...(error !== undefined && { error }),
    details: toDetails(facts, parts),
    timestamp: formatTime(nowMs),
  };
}

export function toHealthMap(facts: ServiceFacts, nowMs: number): HealthMapBody {
  const { status, isHealthy, isReachable, error } = toHealth(facts);
  const parts = toCommonParts(facts);
  return {
    service_name: parts.serviceName,
    container_id: facts.containerId ?? '',
    container_status: status,
    healthy: isHealthy,
    http_reachable: isReachable,
    response_time_ms: wholeMs(facts),
    timestamp: formatTime(nowMs),
    url: parts.url,
    slug: parts.slug,
    ...(error !== undefined && { error }),
    details: toDetails(facts, parts),
  };
}

/** `GET /containers/{service}/health`: healthy is what runs, whatever its checks say. */
export interface ContainerHealthBody {
  readonly service: string;
  readonly status: ContainerStatus;
  readonly healthy: boolean;
  readonly health: 'healthy' | 'unhealthy';
  readonly timestamp: string;
  readonly container: ContainerBody;
}

export function toContainerHealth(facts: ServiceFacts, nowMs: number): ContainerHealthBody {
  const container = toContainer(facts);
  const healthy = container.status === 'running';
  return {
    service: container.service_name,
    status: container.status,
    healthy,
    health: healthy ? 'healthy' : 'unhealthy',
    timestamp: formatTime(nowMs),
    container,
  };
}

function toDetails(facts: ServiceFacts, parts: CommonParts): HealthDetails {
  const { internalUrl } = facts;
  return {
    ...(internalUrl !== undefined && { direct_http_endpoint: internalUrl }),
    internal_port: parts.port,
    response_time_ms: wholeMs(facts),
    proxy_url: parts.url,
    container_port: parts.port,
    container_image: parts.image,
    created_at: parts.createdAt,
    updated_at: parts.updatedAt,
  };
}

function wholeMs({ responseMs = 0 }: ServiceFacts): number {
  return Math.round(responseMs);
}
