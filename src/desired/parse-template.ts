import type { Problem } from '../model/problem.ts';
import { type Finding, type Locate, toProblem, type ValuePath } from './finding.ts';
import { normaliseTemplate, type NormalTemplate } from './normalise-template.ts';
import {
  type CompileSchema,
  type ParameterMistake,
  type Parameters,
  readParameters,
  unknownReference,
} from './parameters.ts';
import type { SchemaCheck } from './schema-check.ts';
import { findReferences, PORT_PARAMETER } from './substitute.ts';
import type { TemplateDocument } from './templates.gen.ts';
import { readYaml } from './yaml-source.ts';

export interface Template extends Omit<NormalTemplate, 'parameters'> {
  readonly parameters: Parameters;
}

export type ParsedTemplate =
  | { readonly kind: 'good'; readonly template: Template }
  | { readonly kind: 'broken'; readonly problems: readonly Problem[] };

export interface TemplateCheck {
  readonly schema: SchemaCheck;
  readonly compile: CompileSchema;
}

/** Text of one template file (JSON) to a template; every mistake in it is a problem with its place. */
export function parseTemplate(
  { file, text }: { readonly file: string; readonly text: string },
  { schema, compile }: TemplateCheck,
): ParsedTemplate {
  const syntax = checkJson(file, text);
  if (syntax) return { kind: 'broken', problems: [syntax] };
  // JSON is YAML: read as such, every value has its place.
  const source = readYaml({ file, text, asWritten: isTextValue });
  if (!source.ok) return { kind: 'broken', problems: source.problems };
  const keyProblems = source.keyProblems.map(({ problem }) => problem);
  const checked = schema.template(source.value);
  if (checked.ok && keyProblems.length === 0) {
    return checkParameters(checked.value, source.locate, compile);
  }
  const findings = checked.ok ? [] : checked.findings;
  const problems = findings.map((finding) => toProblem(finding, source.locate));
  return { kind: 'broken', problems: [...keyProblems, ...problems] };
}

function isTextValue(path: ValuePath): boolean {
  return ['env', 'environment', 'headers'].includes(String(path.at(-2)));
}

function checkJson(file: string, text: string): Problem | undefined {
  try {
    JSON.parse(text.replace(/^\uFEFF/, ''));
    return undefined;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const [, line = '1', column = '1'] = /\(line (\d+) column (\d+)\)/.exec(said) ?? [];
    // Without the piece of the text that the engine quotes: that may be a secret.
    const [message = ''] = said.split(/, (?:\.\.\.)?"| (?:in JSON )?at position /, 1);
    const hint = 'templates are JSON: no comments, no comma after the last entry';
    return {
      file,
      line: Number(line),
      column: Number(column),
      code: 'TEMPLATE_SYNTAX',
      message,
      hint,
    };
  }
}

function checkParameters(
  document: TemplateDocument,
  locate: Locate,
  compile: CompileSchema,
): ParsedTemplate {
  const { parameters: schema, ...normal } = normaliseTemplate(document);
  const parameters = readParameters(schema, compile);
  const { parameters: _schema, description: _description, ...strings } = document;
  const findings = [
    ...parameters.mistakes.map(inDeclaration),
    ...checkReferences(strings, parameters.names),
  ];
  if (findings.length === 0) return { kind: 'good', template: { ...normal, parameters } };
  return { kind: 'broken', problems: findings.map((finding) => toProblem(finding, locate)) };
}

function inDeclaration({ name, ...said }: ParameterMistake): Finding {
  const path = name === undefined ? ['parameters'] : ['parameters', 'properties', name];
  return { path, at: 'key', ...said };
}

/** Every `${…}` outside the declaration must name a parameter; in a command also the port. */
export function checkReferences(strings: unknown, names: readonly string[]): readonly Finding[] {
  return findReferences(strings).flatMap(({ name, path, closed }): Finding[] => {
    const at = { path, at: 'value' } as const;
    const isCommand = path.includes('command');
    if (!closed) {
      const message = `"\${${clip(name)}" is never closed`;
      const hint = 'add a }, or write $${ for a literal ${';
      return [{ ...at, code: 'PARAMETER_UNKNOWN', message, hint }];
    }
    if (names.includes(name) || (isCommand && name === PORT_PARAMETER)) return [];
    if (name === PORT_PARAMETER) {
      const message = '${port} can only stand in a command';
      return [{ ...at, code: 'PARAMETER_RESERVED', message, hint: 'the environment has PORT' }];
    }
    const { name: _name, ...said } = unknownReference(
      name,
      isCommand ? [...names, PORT_PARAMETER] : names,
    );
    return [{ ...at, ...said }];
  });
}

function clip(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
