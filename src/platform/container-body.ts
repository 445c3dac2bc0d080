import { containerName } from './names.ts';
import { redactCommand, redactLabels } from '../model/redact.ts';
import { redact } from './redacted.ts';
import {
  type ContainerStatus,
  type ServiceFacts,
  toCommonParts,
  toContainerStatus,
} from './service-facts.ts';

type Texts = Readonly<Record<string, string>>;

/** `Container` of wire.md §1.3. */
export interface ContainerBody {
  readonly id: string;
  readonly name: string;
  readonly service_name: string;
  readonly slug: string;
  readonly image: string;
  readonly status: ContainerStatus;
  readonly port: number;
  readonly url?: string;
  readonly host?: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly labels?: Texts;
  /** Secret values are `[REDACTED]`. */
  readonly environment?: Texts;
  readonly command?: readonly string[];
}

export function toContainer(facts: ServiceFacts): ContainerBody {
  const { id, serviceName, slug, image, port, url, createdAt, updatedAt } = toCommonParts(facts);
  const { command = [] } = facts.desired?.spec ?? {};
  return {
    id,
    name: containerName(serviceName),
    service_name: serviceName,
    slug,
    image,
    status: toContainerStatus(facts),
    port,
    ...(url !== '' && { url, host: hostOf(url, slug) }),
    created_at: createdAt,
    updated_at: updatedAt,
    ...toLabels(facts),
    ...toEnvironment(facts),
    ...(command.length > 0 && { command: redactCommand(command) }),
  };
}

/** What stands before every public path. */
function hostOf(url: string, slug: string): string {
  const path = `/mcp/${slug}`;
  return url.endsWith(path) ? url.slice(0, -path.length) : url;
}

export function toLabels({ status, desired }: ServiceFacts): { readonly labels?: Texts } {
  const labels = redactLabels((desired ?? status).labels);
  return Object.keys(labels).length > 0 ? { labels } : {};
}

export function toEnvironment({ desired }: ServiceFacts): { readonly environment?: Texts } {
  const environment = redact(desired?.spec.env ?? {});
  return Object.keys(environment).length > 0 ? { environment } : {};
}
