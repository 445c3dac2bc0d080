import { overlayFields } from './overlay-fields.ts';
import type { UnknownRecord } from '../model/record.ts';
import { fromPlatform } from './platform-remote.ts';
import type { OverlayDocument, TemplateDocument, Volumes } from './templates.gen.ts';

/** A template in our own words, whichever way it was written. */
export interface NormalTemplate {
  /** Fields for a service, spelled as a document spells them; strings may hold `${parameter}`. */
  readonly fields: UnknownRecord;
  readonly overlays: UnknownRecord;
  readonly requiredEnv: readonly string[];
  readonly parameters: UnknownRecord;
}

/** Brings our own form and the platform's (templates of three ages, two shapes of remote servers) to one. */
export function normaliseTemplate(document: TemplateDocument): NormalTemplate {
  const {
    $schema: _schema,
    name: _name,
    description: _description,
    capabilities: _capabilities,
    parameters = {},
    environments = {},
    required_env_vars: requiredEnv = [],
    default_config: defaults = {},
    ...fields
  } = document;
  const overlays = Object.entries(environments).map(
    ([runtime, overlay]: [string, Written]): [string, unknown] => [runtime, toFields(overlay)],
  );
  return {
    fields: overlayFields(toFields(defaults), toFields(fields)),
    overlays: Object.fromEntries(overlays),
    requiredEnv,
    parameters,
  };
}

type Written = OverlayDocument &
  Pick<TemplateDocument, 'url' | 'environment' | 'memory_limit' | 'cpu_limit'>;

function toFields(written: Written): UnknownRecord {
  const { environment, memory_limit: memory, cpu_limit: cpu, ...same } = written;
  const { env: ownEnv, resources: ownResources, volumes, ...fields } = same;
  const env = { ...environment, ...ownEnv };
  const limits = { ...(memory !== undefined && { memory }), ...(cpu !== undefined && { cpu }) };
  const resources = { ...limits, ...ownResources };
  return {
    ...fromPlatform(fields),
    ...(Object.keys(env).length > 0 && { env }),
    ...(Object.keys(resources).length > 0 && { resources }),
    ...(volumes !== undefined && { volumes: toVolumes(volumes) }),
  };
}

function toVolumes(volumes: Volumes): readonly UnknownRecord[] {
  if (!Array.isArray(volumes)) {
    return Object.entries(volumes).map(([source, destination]) => ({ source, destination }));
  }
  return volumes.map(({ read_only: readOnly, ...volume }) => ({
    ...(readOnly !== undefined && { readOnly }),
    ...volume,
  }));
}
