import { toCanonicalJson } from '../model/canonical.ts';
import type { ServiceDocument } from './documents.gen.ts';
import type { Finding } from './finding.ts';
import { overlayFields } from './overlay-fields.ts';
import type { ParameterMistake } from './parameters.ts';
import { fromPlatform } from './platform-remote.ts';
import { checkReferences, type ParsedTemplate, type Template } from './parse-template.ts';
import { type UnknownRecord, toRecord } from '../model/record.ts';
import { findReferences, PORT_PARAMETER, substitute, substituteText } from './substitute.ts';
import { suggestOrList } from './suggest.ts';

/** The templates by name. */
export type TemplateLibrary = ReadonlyMap<string, LibraryEntry>;

export interface LibraryEntry {
  /** As it is printed: `templates/echo.json`. */
  readonly file: string;
  readonly parsed: ParsedTemplate;
}

/** A service with its template merged in, to be checked by the schema; or what is wrong before. */
export type Merged =
  | {
      readonly ok: true;
      readonly fields: UnknownRecord;
      readonly requiredEnv: readonly string[];
      /** Whether what the service gives under `with` makes another command of the template's. */
      readonly ownArguments: boolean;
      /** Variables that the service sets and its template does not name. */
      readonly ownEnv: readonly string[];
    }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** Template, its overlay for the runtime, the service: each overrides the one before. */
export function applyTemplate(
  document: ServiceDocument,
  runtime: string,
  library: TemplateLibrary,
): Merged {
  const findings = checkReferences({ command: document.command }, []);
  const own = { ...fromPlatform({ ...document }), ...withoutEscapes(document) };
  if (document.template === undefined) {
    return conclude([...findings, ...checkWithAlone(document)], own, []);
  }
  const found = findTemplate(document.template, library);
  if ('finding' in found) return { ok: false, findings: [found.finding, ...findings] };
  const { fields, overlays, parameters, requiredEnv } = found.template;
  const base = overlayFields(fields, toRecord(overlays[runtime]));
  const { values, mistakes } = parameters.resolve(document.with ?? {});
  const wrong = mistakes.length > 0 ? mistakes : findUnset(base, values);
  const filled = toNumbers(toRecord(substitute(base, values)));
  const problems = [...findings, ...wrong.map(inWith)];
  const concluded = conclude(problems, overlayFields(filled, own), requiredEnv);
  if (!concluded.ok) return concluded;
  const usual = () => substitute(base['command'] ?? null, parameters.resolve({}).values);
  const ownArguments =
    document.with !== undefined &&
    toCanonicalJson(usual()) !== toCanonicalJson(filled['command'] ?? null);
  const named = new Set([...Object.keys(toRecord(base['env'])), ...requiredEnv]);
  const ownEnv = Object.keys(toRecord(own['env'])).filter((name) => !named.has(name));
  return { ...concluded, ownArguments, ownEnv };
}

function conclude(
  findings: readonly Finding[],
  fields: UnknownRecord,
  requiredEnv: readonly string[],
): Merged {
  if (findings.length > 0) return { ok: false, findings };
  const ownEnv = Object.keys(toRecord(fields['env']));
  return { ok: true, fields, requiredEnv, ownArguments: false, ownEnv };
}

function withoutEscapes({ command }: ServiceDocument): UnknownRecord {
  return command === undefined
    ? {}
    : { command: command.map((text) => substituteText(text, new Map())) };
}

function checkWithAlone(document: ServiceDocument): readonly Finding[] {
  if (document.with === undefined) return [];
  const message = '`with` gives parameters to a template, and there is none';
  return [
    { path: ['with'], at: 'key', code: 'PARAMETER_UNKNOWN', message, hint: 'add `template:`' },
  ];
}

function findTemplate(
  name: string,
  library: TemplateLibrary,
): { readonly template: Template } | { readonly finding: Finding } {
  const at = { path: ['template'], at: 'value' } as const;
  const entry = library.get(name);
  if (entry?.parsed.kind === 'good') return { template: entry.parsed.template };
  if (!entry) {
    const hint = suggestOrList(name, library.keys(), 'the templates folder is empty');
    return { finding: { ...at, code: 'TEMPLATE_UNKNOWN', message: `no template "${name}"`, hint } };
  }
  const [first] = entry.parsed.problems;
  const where = first && first.line > 0 ? `:${first.line}:${first.column}` : '';
  const message = `template "${name}" has problems`;
  const hint = `mend ${entry.file}${where}`;
  return { finding: { ...at, code: 'TEMPLATE_BROKEN', message, hint } };
}

/** Parameters without a value that the template needs on this runtime. */
function findUnset(
  base: UnknownRecord,
  values: ReadonlyMap<string, unknown>,
): readonly ParameterMistake[] {
  const names = findReferences(base)
    .map(({ name }) => name)
    .filter((name) => name !== PORT_PARAMETER && !values.has(name));
  return [...new Set(names)].map((name) => ({
    name,
    code: 'PARAMETER_MISSING',
    message: `parameter "${name}" has no value`,
    hint: `add \`${name}:\` under \`with:\``,
  }));
}

function inWith({ name, ...said }: ParameterMistake): Finding {
  return { path: name === undefined ? ['with'] : ['with', name], at: 'key', ...said };
}

/** What was `${…}` in place of a whole number is text until here. */
function toNumbers(fields: UnknownRecord): UnknownRecord {
  const resources = toRecord(fields['resources']);
  return {
    ...fields,
    ...('port' in fields && { port: toNumber(fields['port']) }),
    ...('pids' in resources && { resources: { ...resources, pids: toNumber(resources['pids']) } }),
  };
}

function toNumber(value: unknown): unknown {
  return typeof value === 'string' && /^[0-9]+$/.test(value) ? Number(value) : value;
}
