import type {
  DesiredService,
  EnvValue,
  HeaderValue,
  Resources,
  Rollout,
  ServiceSpec,
  Stdio,
  ToolCall,
  Verify,
  Volume,
} from '../model/service.ts';
import type {
  EnvDocument,
  Headers,
  ResourcesDocument,
  RolloutDocument,
  ServiceDocument,
  ToolCallDocument,
  VerifyDocument,
  VolumeDocument,
} from './documents.gen.ts';
import { isPlatformReference } from '../model/redact.ts';
import { parseBytes, parseCores, parseDurationMs } from './units.ts';

/** The hashed part of a service with every default filled in; of checked fields only. */
export function toSpec(fields: ServiceDocument): ServiceSpec {
  const { image, command, env = {}, volumes = [] } = fields;
  const remote = fields.url === undefined ? undefined : new URL(fields.url);
  return {
    ...(image !== undefined && { image }),
    ...(command !== undefined && { command }),
    ...(remote && { url: remote.href, headers: toHeaders(fields.headers ?? {}) }),
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, toEnvValue(value)])),
    user: String(fields.user ?? 1000),
    transport: fields.transport ?? 'http',
    ...toStdio(fields),
    port: fields.port ?? 8000,
    path: remote?.pathname ?? fields.path ?? '/mcp',
    resources: toResources(fields.resources ?? {}),
    volumes: volumes.map(toVolume).toSorted((a, b) => (a.destination < b.destination ? -1 : 1)),
    network: { egress: fields.network?.egress ?? 'all' },
  };
}

/** Two of it may run at the same time, unless one would write what the other writes. */
export function toRollout(rollout: RolloutDocument = {}, volumes: readonly Volume[] = []): Rollout {
  return {
    strategy:
      rollout.strategy ?? (volumes.every(({ readOnly }) => readOnly) ? 'surge' : 'recreate'),
    deadlineMs: toMs(rollout.deadline ?? '2m'),
    stableForMs: toMs(rollout.stableFor ?? '10s'),
    drainMs: toMs(rollout.drain ?? '30s'),
    onFailure: rollout.onFailure ?? 'rollback',
  };
}

/** What is not said, or says the default, stays out: a digest made before these fields came stays the same. */
export function toVerify(verify: VerifyDocument = {}): Verify {
  const { call, startup, lock = 'warn' } = verify;
  return {
    kind: verify.kind ?? 'mcp',
    tools: (verify.tools ?? []).toSorted(),
    everyMs: toMs(verify.every ?? '60s'),
    timeoutMs: toMs(verify.timeout ?? '10s'),
    ...(call && { call: toToolCall(call) }),
    ...(startup !== undefined && { startupMs: toMs(startup) }),
    ...(lock !== 'warn' && { lock }),
  };
}

function toToolCall({ name, arguments: input = {}, expect }: ToolCallDocument): ToolCall {
  return { name, arguments: input, ...(expect !== undefined && { expect }) };
}

/** Not part of the spec: it changes the way to a service, never what runs. */
export function toAuth({ auth }: ServiceDocument): Pick<DesiredService, 'auth'> {
  if (auth === undefined || auth === 'none') return {};
  const { needs = {}, passToken = false } = auth === 'token' ? {} : auth;
  const { role = 'read', tokens } = needs;
  return {
    auth: {
      role,
      ...(tokens !== undefined && { tokens: tokens.toSorted() }),
      ...(passToken && { passToken }),
    },
  };
}

/** Names of headers are the same in any case. */
function toHeaders(headers: Headers): Readonly<Record<string, HeaderValue>> {
  const entries = Object.entries(headers).map(([name, value]) => {
    const isReference = typeof value === 'string' && isPlatformReference(value);
    return [name.toLowerCase(), isReference ? { secret: value } : value] as const;
  });
  return Object.fromEntries(entries);
}

/** Text in clear, or a reference: written as one, or as the platform's string. */
function toEnvValue(value: EnvDocument): EnvValue {
  if (typeof value === 'object') return { secret: value.secret };
  const text = String(value);
  return isPlatformReference(text) ? { secret: text } : text;
}

/** What says the default stays out: a revision made before these fields came stays the same. */
function toStdio({ stdio = {} }: ServiceDocument): Pick<ServiceSpec, 'stdio'> {
  const { isolation, maxChildren, prewarm = 0, sse } = stdio;
  const said: Stdio = {
    ...(isolation === 'shared' && { isolation }),
    ...(maxChildren !== undefined && { maxChildren }),
    ...(prewarm > 0 && { prewarm }),
    ...(sse === true && { sse }),
  };
  return Object.keys(said).length === 0 ? {} : { stdio: said };
}

function toResources({ memory = '256Mi', cpu = 0.5, pids = 128 }: ResourcesDocument): Resources {
  return {
    memoryBytes: parseBytes(memory) ?? Number.NaN,
    cpu: parseCores(cpu) ?? Number.NaN,
    pids,
  };
}

function toVolume({ name, source, destination, readOnly, external }: VolumeDocument): Volume {
  return {
    source: source ?? name ?? '',
    destination,
    readOnly: readOnly ?? false,
    ...(external === true && { external }),
  };
}

function toMs(duration: string): number {
  return parseDurationMs(duration) ?? Number.NaN;
}
