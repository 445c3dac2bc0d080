import type { ChangeDocument } from '../model/plan-document.ts';
import type { Side } from '../model/plan.ts';
import { type FieldChange, fieldChanges } from './field-changes.ts';
import { formatValue } from './format-value.ts';
import type { Paint, Style } from './format-symbol.ts';

/** Field by field from old to new; what stays the same is only counted. */
export function formatFields({ change }: ChangeDocument, paint: Paint): readonly string[] {
  const { actions } = change;
  const replacePaths = change.replacePaths.map((path) => (path === 'url' ? 'remote' : path));
  const [before, after] = comparableFields(change.before, change.after);
  const fields = fieldChanges(before, after);
  const replaces = actions.includes('create') && actions.includes('delete');
  const lines = fields.map((field) => {
    const forces = replaces && replacePaths.some((path) => isWithin(field.path, path));
    return `${formatField(field, paint)}${forces ? paint('red', ' # forces replacement') : ''}`;
  });
  const unchanged = before === undefined || after === undefined ? 0 : countUnchanged(after, fields);
  if (unchanged === 0 || lines.length === 0) return lines;
  const noun = unchanged === 1 ? 'field' : 'fields';
  return [...lines, paint('dim', `        # (${unchanged} unchanged ${noun} hidden)`)];
}

type Fields = Readonly<Record<string, unknown>>;

const OPTIONAL = ['spec', 'release', 'imageId', 'imageDigest', 'url'] as const;

/** What is known on only one of two ends is no change; of what goes away the spec is not told. */
function comparableFields(
  before: Side | null,
  after: Side | null,
): readonly [Fields | undefined, Fields | undefined] {
  if (before === null) return [undefined, after === null ? undefined : fieldsOf(after, OPTIONAL)];
  if (after === null) return [fieldsOf(before, ['release', 'imageId', 'url']), undefined];
  const shared = OPTIONAL.filter((key) => before[key] !== undefined && after[key] !== undefined);
  return [fieldsOf(before, shared), fieldsOf(after, shared)];
}

function fieldsOf(side: Side, keys: readonly (typeof OPTIONAL)[number][]): Fields {
  const { revision, power, spec } = side;
  const isShown = keys.includes('spec') && spec !== null && typeof spec === 'object';
  const fields = isShown ? withRemote(spec) : {};
  const rest = keys.filter((key) => key !== 'spec').map((key) => [key, side[key]]);
  return { ...fields, revision, power, ...Object.fromEntries(rest) };
}

/** `url` is the service's own address; where its server is has another word. */
function withRemote(spec: object): Fields {
  if (!('url' in spec)) return { ...spec };
  const { url: remote, ...rest } = spec;
  return { remote, ...rest };
}

function countUnchanged(after: Fields, changed: readonly FieldChange[]): number {
  const all = fieldChanges(undefined, after);
  return all.length - changed.filter(({ after: value }) => value !== undefined).length;
}

function formatField({ path, before, after }: FieldChange, paint: Paint): string {
  const [symbol, style]: readonly [string, Style] =
    before === undefined ? ['+', 'green'] : after === undefined ? ['-', 'red'] : ['~', 'yellow'];
  const values = [before, after].filter((value) => value !== undefined);
  const shown = values.map((value) => formatValue(path, value)).join(' -> ');
  return `      ${paint(style, symbol)} ${path}: ${shown}`;
}

/** A path that forces replacement names the field, a part of it, or all that it is part of. */
function isWithin(path: string, forcing: string): boolean {
  return path === forcing || path.startsWith(`${forcing}.`) || forcing.startsWith(`${path}.`);
}
