import type { EnvDocument, ServiceDocument, VolumeDocument } from './documents.gen.ts';
import type { Finding, ValuePath } from './finding.ts';
import type { ProblemCode } from './problem-codes.ts';
import { checkRemote } from './check-remote.ts';
import { checkWriters } from './check-writers.ts';
import { checkRanges } from './ranges.ts';
import { isPlatformReference } from '../model/redact.ts';
import { isSecretReference, SECRET_FORMS } from './secret-reference.ts';
import { suggestOrList } from './suggest.ts';
import { findUnsupported } from './unsupported.ts';

export interface FieldContext {
  readonly runtime: string;
  readonly runtimes: readonly string[];
  readonly requiredEnv: readonly string[];
}

/** What a schema cannot say about one merged service. */
export function checkFields(fields: ServiceDocument, context: FieldContext): readonly Finding[] {
  const unsupported = findUnsupported(fields, context.runtime);
  const isRemote = fields.url !== undefined || fields.headers !== undefined;
  if (isRemote) {
    const remote = checkRemote(fields, fields.url);
    return [...unsupported, ...remote, ...checkLabels(fields), ...checkRanges(fields)];
  }
  return [
    ...unsupported,
    ...checkRuntime(context),
    ...checkAdopt(fields, context),
    ...(unsupported.length > 0 ? [] : checkSource(fields, context)),
    ...checkStdio(fields),
    ...checkEnv(fields, context),
    ...(fields.volumes ?? []).flatMap(checkVolume),
    ...checkDestinations(fields.volumes ?? []),
    ...checkWriters(fields),
    ...checkLabels(fields),
    ...checkRanges(fields),
    ...checkVerify(fields),
  ];
}

function find(code: ProblemCode, path: ValuePath, message: string, hint: string): Finding {
  return { path, at: 'value', code, message, hint };
}

function checkRuntime({ runtime, runtimes }: FieldContext): readonly Finding[] {
  if (runtimes.includes(runtime)) return [];
  const hint = suggestOrList(runtime, runtimes, 'there is none');
  return [find('RUNTIME_UNKNOWN', ['runtime'], `no runtime "${runtime}" here`, hint)];
}

function checkAdopt({ adopt }: ServiceDocument, { runtime }: FieldContext): readonly Finding[] {
  if (adopt === undefined || runtime !== 'process') return [];
  const message = 'the process runtime has no containers to take over';
  return [find('UNSUPPORTED_YET', ['adopt'], message, 'leave it out, or choose another `runtime`')];
}

function checkSource(fields: ServiceDocument, { runtime }: FieldContext): readonly Finding[] {
  const { image, command, template } = fields;
  if (image === undefined && command === undefined) {
    const message = 'nothing says what to run';
    return [find('SOURCE_MISSING', [], message, 'add `template:`, `image:`, `command:` or `url:`')];
  }
  if (runtime !== 'process' || command !== undefined) return [];
  const overlay = `\`environments: {process: {command: […]}}\` to template "${template ?? ''}"`;
  const hint = `add \`command: […]\` here${template === undefined ? '' : ` or ${overlay}`}, or choose another \`runtime\``;
  const message = 'the process runtime runs a command, and there is only an image';
  return [find('COMMAND_MISSING', ['image'], message, hint)];
}

function checkStdio({ stdio, transport = 'http' }: ServiceDocument): readonly Finding[] {
  if (stdio === undefined || transport === 'stdio') return [];
  const message = '`stdio` is about programs that speak on standard input and output';
  const finding = find(
    'TRANSPORT_CONFLICT',
    ['stdio'],
    message,
    'add `transport: stdio`, or remove it',
  );
  return [{ ...finding, at: 'key' }];
}

function checkEnv(
  { env = {} }: ServiceDocument,
  { requiredEnv }: FieldContext,
): readonly Finding[] {
  const missing = requiredEnv.filter((name) => !Object.hasOwn(env, name));
  return [
    ...missing.map((name) =>
      find('ENV_MISSING', ['env', name], `${name} must be set`, `add \`${name}:\` under \`env:\``),
    ),
    ...Object.entries(env).flatMap(([name, value]) => checkSecret(name, value)),
  ];
}

function checkSecret(name: string, value: EnvDocument): readonly Finding[] {
  const reference = typeof value === 'object' ? value.secret : String(value);
  if (typeof value !== 'object' && !isPlatformReference(reference)) return [];
  if (isSecretReference(reference)) return [];
  // The text is not told: somebody may have written the secret itself.
  const message = `env.${name} is no secret reference`;
  return [find('SECRET_REFERENCE', ['env', name], message, SECRET_FORMS)];
}

function checkVolume(volume: VolumeDocument, index: number): readonly Finding[] {
  const path = ['volumes', index];
  const { name, source, destination, external } = volume;
  if ((name === undefined) === (source === undefined)) {
    const message = `a volume has ${name === undefined ? 'neither `name` nor' : 'both `name` and'} \`source\``;
    return [find('VOLUME_CONFLICT', path, message, 'write one of the two')];
  }
  const isPath = source?.startsWith('/') === true;
  if (source !== undefined && !isPath && !/^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/.test(source)) {
    const hint = 'a name of letters and digits, or an absolute path';
    return [find('VALUE_FORMAT', [...path, 'source'], `"${source}" is no volume name`, hint)];
  }
  if (isPath && external === true) {
    const message = 'a host path is no volume that was there before';
    return [find('VOLUME_CONFLICT', path, message, 'remove `external`')];
  }
  if (/^\/+\.mcp(\/|$)/.test(destination)) {
    const message = '/.mcp is where the bridge of stdio servers lies';
    return [find('VOLUME_CONFLICT', [...path, 'destination'], message, 'choose another folder')];
  }
  if (hasDots(destination) || (isPath && hasDots(source ?? ''))) {
    return [find('VALUE_FORMAT', path, 'a path may not hold "." or ".."', 'write it out')];
  }
  return [];
}

function hasDots(path: string): boolean {
  return path.split('/').some((part) => part === '.' || part === '..');
}

function checkDestinations(volumes: readonly VolumeDocument[]): readonly Finding[] {
  const trimmed = volumes.map(({ destination }) => destination.replace(/(.)\/+$/, '$1'));
  return trimmed.flatMap((destination, index) => {
    if (trimmed.indexOf(destination) === index) return [];
    const message = `two volumes are mounted at ${destination}`;
    return [find('VOLUME_CONFLICT', ['volumes', index], message, 'change one destination')];
  });
}

function checkVerify({ verify = {} }: ServiceDocument): readonly Finding[] {
  const { kind = 'mcp', call } = verify;
  if (call === undefined || kind === 'mcp') return [];
  const message = `a check of kind ${kind} calls no tool`;
  return [
    find('VERIFY_CONFLICT', ['verify', 'call'], message, 'leave it out, or write `kind: mcp`'),
  ];
}

function checkLabels({ labels = {} }: ServiceDocument): readonly Finding[] {
  return Object.keys(labels)
    .filter((name) => name.startsWith('mcp-manager.io/'))
    .map((name) => ({
      ...find('LABEL_RESERVED', ['labels', name], `${name} is the manager's own`, 'choose another'),
      at: 'key',
    }));
}
