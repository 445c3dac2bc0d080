import { toEnvironment, toLabels } from './container-body.ts';
import { type HealthCheckBody, toHealthCheck } from './health-body.ts';
import {
  type ContainerStatus,
  type ServiceFacts,
  toCommonParts,
  toContainerStatus,
} from './service-facts.ts';
import { isAvailable } from './status-word.ts';
import type { WriteOutcome } from './write-outcome.ts';

type Texts = Readonly<Record<string, string>>;

/** `InstanceResult` of wire.md §1.3: the answer to a creation. */
export interface InstanceResultBody {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly internal_url?: string;
  readonly status: ContainerStatus;
  readonly created_at: string;
}

/** `InstanceStatus` of wire.md §1.3. */
export interface InstanceStatusBody {
  readonly id: string;
  readonly name: string;
  readonly service_name: string;
  readonly status: ContainerStatus;
  readonly url?: string;
  readonly internal_url?: string;
  readonly image: string;
  readonly port: number;
  /** Secret values are `[REDACTED]`. */
  readonly environment?: Texts;
  readonly labels?: Texts;
  readonly created_at: string;
  readonly updated_at: string;
  readonly health_status?: HealthCheckBody;
}

export function toInstanceResult(facts: ServiceFacts): InstanceResultBody {
  const { id, serviceName, url, createdAt } = toCommonParts(facts);
  return {
    id,
    name: serviceName,
    url,
    ...toInternalUrl(facts),
    status: toContainerStatus(facts),
    created_at: createdAt,
  };
}

/** The answer to a change; `status` where the new version does not run, or not yet. */
export interface InstanceUpdateBody {
  readonly message: string;
  readonly instance_id: string;
  readonly status?: ContainerStatus;
}

export function toInstanceUpdate(
  instanceId: string,
  { status }: ServiceFacts,
  outcome: Exclude<WriteOutcome, { readonly kind: 'failed' }>,
): InstanceUpdateBody {
  const updated = { message: 'Instance updated successfully', instance_id: instanceId };
  switch (outcome.kind) {
    case 'in-force':
      return updated;
    case 'off':
      return { ...updated, status: 'stopped' };
    case 'under-way': {
      const why = status.cause === '' ? '' : `: ${status.cause}`;
      const meanwhile = isAvailable(status) ? ' (what ran before goes on until then)' : '';
      const message = `Instance is still being updated${why}${meanwhile}`;
      return { message, instance_id: instanceId, status: outcome.status };
    }
  }
}

export function toInstanceStatus(facts: ServiceFacts, nowMs: number): InstanceStatusBody {
  const { id, serviceName, url, image, port, createdAt, updatedAt } = toCommonParts(facts);
  return {
    id,
    name: serviceName,
    service_name: serviceName,
    status: toContainerStatus(facts),
    ...(url !== '' && { url }),
    ...toInternalUrl(facts),
    image,
    port,
    ...toEnvironment(facts),
    ...toLabels(facts),
    created_at: createdAt,
    updated_at: updatedAt,
    ...(wasChecked(facts) && { health_status: toHealthCheck(facts, nowMs) }),
  };
}

function wasChecked({ status }: ServiceFacts): boolean {
  return status.conditions.some((one) => one.type === 'Verified' && one.status !== 'Unknown');
}

function toInternalUrl({ internalUrl }: ServiceFacts): { readonly internal_url?: string } {
  return internalUrl === undefined ? {} : { internal_url: internalUrl };
}
