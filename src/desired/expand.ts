import { join } from 'node:path';
import { plainNameOf, platformSlug } from '../model/names.ts';
import type { Problem } from '../model/problem.ts';
import { REMOTE_RUNTIME } from '../model/remote.ts';
import { revisionOf } from '../model/revision.ts';
import type { DesiredService, Origin, PlatformIdentity, ServiceSpec } from '../model/service.ts';
import { applyTemplate, type TemplateLibrary } from './apply-template.ts';
import { checkFields } from './check-fields.ts';
import type { ServiceDocument } from './documents.gen.ts';
import { type Finding, type Locate, toProblem, type ValuePath } from './finding.ts';
import type { WrittenService } from './parse.ts';
import { checkPolicy, type Policy } from './policy.ts';
import { isRecord } from '../model/record.ts';
import type { Checked, SchemaCheck } from './schema-check.ts';
import { toAuth, toRollout, toSpec, toVerify } from './spec.ts';

/** The runtime that services get by default, those there are, and what the operator allows. */
export interface LoaderSettings {
  readonly runtime: string;
  readonly runtimes: readonly string[];
  readonly policy: Policy;
}

/** Everything that a service's own lines do not say. */
export interface ExpandContext {
  readonly file: string;
  readonly locate: Locate;
  readonly documentsFolder: string;
  readonly templatesFolder: string;
  readonly templates: TemplateLibrary;
  readonly schema: SchemaCheck;
  readonly settings: LoaderSettings;
}

export type Expanded =
  | { readonly kind: 'good'; readonly service: DesiredService }
  | { readonly kind: 'bad'; readonly problems: readonly Problem[] };

/** One written service to a desired one: template and overlay merged, every default filled in. */
export function expandService(written: WrittenService, context: ExpandContext): Expanded {
  if (!written.ok) return { kind: 'bad', problems: written.problems };
  const { name, document } = written;
  const runtime = document.runtime ?? context.settings.runtime;
  const merged = mergeService({ document, runtime, context });
  if (merged.ok) {
    const fields = merged.value;
    const where = fields.url === undefined ? runtime : REMOTE_RUNTIME;
    const service = toService(name, { fields, runtime: where, document, context });
    return { kind: 'good', service };
  }
  const problems = merged.findings.map((finding) =>
    placeFinding(finding, { name, document }, context.locate),
  );
  return { kind: 'bad', problems };
}

/** Who owns a service is told by where its document lies. */
export function originOf(file: string): Origin {
  if (file.startsWith('api/')) return 'api';
  return file.startsWith('core/') ? 'core' : 'file';
}

interface Source {
  readonly document: ServiceDocument;
  readonly runtime: string;
  readonly context: ExpandContext;
}

/** Each check may only look at what the one before let pass. */
function mergeService({ document, runtime, context }: Source): Checked<ServiceDocument> {
  const { settings, schema, file, templates } = context;
  const merged = applyTemplate(document, runtime, templates);
  if (!merged.ok) return merged;
  const checked = schema.service(merged.fields);
  if (!checked.ok) return checked;
  const fields = checked.value;
  const { requiredEnv } = merged;
  const wrong = checkFields(fields, { runtime, runtimes: settings.runtimes, requiredEnv });
  if (wrong.length > 0) return { ok: false, findings: wrong };
  const asked = {
    spec: toSpec(fields),
    replicas: fields.replicas ?? 1,
    volumes: (fields.volumes ?? []).map(({ name, source, external = false }) => ({
      source: source ?? name ?? '',
      external,
    })),
    origin: originOf(file),
    runtime,
    ownCommand: document.command !== undefined,
    ownArguments: merged.ownArguments,
    ownEnv: merged.ownEnv,
  };
  const refused = checkPolicy(asked, settings.policy);
  return refused.length > 0 ? { ok: false, findings: refused } : checked;
}

/** What came from the template is told at the service's `template:`, where the choice was made. */
function placeFinding(
  finding: Finding,
  { name, document }: { readonly name: string; readonly document: ServiceDocument },
  locate: Locate,
): Problem {
  const { path, message } = finding;
  const isOwn = document.template === undefined || path.length === 0 || isWritten(document, path);
  const atService: Locate = (inner, at) => locate(['services', name, ...inner], at);
  if (isOwn) return toProblem(finding, atService, name);
  const said = `template "${document.template}": ${message}`;
  return toProblem({ ...finding, path: ['template'], at: 'value', message: said }, atService, name);
}

function isWritten(value: unknown, path: ValuePath): boolean {
  let inner = value;
  for (const part of path) {
    const members: unknown = Array.isArray(inner) ? Object.fromEntries(inner.entries()) : inner;
    if (!isRecord(members) || !Object.hasOwn(members, part)) return false;
    inner = members[part];
  }
  return true;
}

interface Parts extends Source {
  readonly fields: ServiceDocument;
}

function toService(name: string, { fields, runtime, document, context }: Parts): DesiredService {
  const origin = originOf(context.file);
  const spec = specFor(runtime, fields);
  const fromTemplate = document.template !== undefined && document.command === undefined;
  const platform = document.platform === undefined ? undefined : toPlatform(document.platform);
  const documentFolder = join(context.documentsFolder, context.file, '..');
  const slug =
    document.slug ?? (origin === 'file' ? name : platformSlug(name, platform?.instanceId ?? name));
  const plainName = origin === 'api' ? plainNameOf(platform?.serviceName ?? name) : undefined;
  return {
    name,
    origin,
    runtime,
    spec,
    revision: revisionOf(spec),
    slug,
    ...(plainName !== undefined && plainName !== slug && { plainName }),
    labels: fields.labels ?? {},
    replicas: fields.replicas ?? 1,
    rollout: toRollout(fields.rollout, spec.volumes),
    verify: toVerify(fields.verify),
    ...toAuth(fields),
    pull: fields.pull ?? 'missing',
    power: document.power === false || document.power === 'off' ? 'off' : 'on',
    protected: document.protected ?? false,
    ...(document.adopt !== undefined && { adopt: document.adopt }),
    ...(document.template !== undefined && { template: document.template }),
    directory: fromTemplate ? context.templatesFolder : documentFolder,
    place: context.locate(['services', name], 'key'),
    ...(platform !== undefined && { platform }),
  };
}

/** A child process is made from no image: none is pulled, and another one is no other version. */
function specFor(runtime: string, fields: ServiceDocument): ServiceSpec {
  const { image: _image, ...program } = fields;
  return toSpec(runtime === 'process' ? program : fields);
}

function toPlatform({ instanceId, serviceName, workspaceId }: PlatformIdentity): PlatformIdentity {
  return {
    ...(instanceId !== undefined && { instanceId }),
    ...(serviceName !== undefined && { serviceName }),
    ...(workspaceId !== undefined && { workspaceId }),
  };
}
