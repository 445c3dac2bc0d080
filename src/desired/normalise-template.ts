import { mergeFields } from './merge.ts';
import type { UnknownRecord } from './record.ts';
import type {
  AuthenticationDocument,
  OverlayDocument,
  TemplateDocument,
  Volumes,
} from './templates.gen.ts';

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
    type: _type,
    health_check: _healthCheck,
    timeout: _timeout,
    is_public: _isPublic,
    tags: _tags,
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
    fields: mergeFields(toFields(defaults), toFields(fields)),
    overlays: Object.fromEntries(overlays),
    requiredEnv,
    parameters,
  };
}

type Written = OverlayDocument &
  Pick<
    TemplateDocument,
    | 'url'
    | 'headers'
    | 'endpoint'
    | 'endpoint_url'
    | 'authentication'
    | 'environment'
    | 'memory_limit'
    | 'cpu_limit'
  >;

function toFields(written: Written): UnknownRecord {
  const { environment, memory_limit: memory, cpu_limit: cpu, ...same } = written;
  const { endpoint, endpoint_url: endpointUrl = endpoint, authentication, ...rest } = same;
  const { env: ownEnv, headers: ownHeaders, resources: ownResources, volumes, ...fields } = rest;
  const headers = { ...(authentication && toHeader(authentication)), ...ownHeaders };
  const env = { ...environment, ...ownEnv };
  const limits = { ...(memory !== undefined && { memory }), ...(cpu !== undefined && { cpu }) };
  const resources = { ...limits, ...ownResources };
  return {
    ...(endpointUrl !== undefined && { url: endpointUrl }),
    ...fields,
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(Object.keys(env).length > 0 && { env }),
    ...(Object.keys(resources).length > 0 && { resources }),
    ...(volumes !== undefined && { volumes: toVolumes(volumes) }),
  };
}

function toHeader({ token }: AuthenticationDocument): UnknownRecord {
  const secret = typeof token === 'string' ? token : token.secret;
  return { Authorization: { secret, prefix: 'Bearer ' } };
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
