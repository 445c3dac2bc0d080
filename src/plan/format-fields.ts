import type { ChangeDocument } from '../model/plan-document.ts';
import type { Side } from '../model/plan.ts';
import { type FieldChange, fieldChanges } from './field-changes.ts';
import { formatValue } from './format-value.ts';
import type { Paint, Style } from './format-symbol.ts';

/** Field by field from old to new; what stays the same is only counted. */
export function formatFields({ change }: ChangeDocument, paint: Paint): readonly string[] {
  const { before, after, actions, replacePaths } = change;
  const withSpec = isComparable(before, after);
  const fields = fieldChanges(fieldsOf(before, withSpec), fieldsOf(after, withSpec));
  const replaces = actions.includes('create') && actions.includes('delete');
  const lines = fields.map((field) => {
    const forces = replaces && replacePaths.some((path) => isWithin(field.path, path));
    return `${formatField(field, paint)}${forces ? paint('red', ' # forces replacement') : ''}`;
  });
  const unchanged = before === null || after === null ? 0 : countUnchanged(after, fields, withSpec);
  if (unchanged === 0 || lines.length === 0) return lines;
  const noun = unchanged === 1 ? 'field' : 'fields';
  return [...lines, paint('dim', `        # (${unchanged} unchanged ${noun} hidden)`)];
}

/** The spec is told where it is known on each side there is, and not of what goes away. */
function isComparable(before: Side | null, after: Side | null): boolean {
  if (after === null) return false;
  return after.spec !== undefined && (before === null || before.spec !== undefined);
}

function fieldsOf(side: Side | null, withSpec: boolean): unknown {
  if (side === null) return undefined;
  const { spec, ...rest } = side;
  return withSpec && spec !== null && typeof spec === 'object' ? { ...spec, ...rest } : rest;
}

function countUnchanged(after: Side, changed: readonly FieldChange[], withSpec: boolean): number {
  const all = fieldChanges(undefined, fieldsOf(after, withSpec));
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
