import type { ChangeDocument, StepDocument } from '../model/plan-document.ts';
import { formatFields } from './format-fields.ts';
import { headlineOf } from './format-headline.ts';
import { oneLine } from './format-line.ts';
import { type Paint, symbolOf } from './format-symbol.ts';
import { formatUntil } from './format-time.ts';

interface ChangeContext {
  /** RFC 3339; times of the same day are shown without their date. */
  readonly createdAt: string;
  readonly paint: Paint;
}

/** One service: what happens and why, its fields, and the whole road with its waits. */
export function formatChange(change: ChangeDocument, { createdAt, paint }: ChangeContext): string {
  const { service, cause, steps } = change;
  const symbol = symbolOf(change.change.actions);
  const headline = `  ${paint('bold', `# ${service}`)} ${headlineOf(change)}`;
  const why = cause === '' ? [] : [`  # (${oneLine(cause)})`];
  const name = `${paint(symbol.style, symbol.text.padStart(3))} ${service}`;
  const road = steps.map((step, index) =>
    formatRoadStep(step, { number: index + 1, createdAt, paint }),
  );
  return [headline, ...why, name, ...formatFields(change, paint), ...road].join('\n');
}

function formatRoadStep(
  step: StepDocument,
  { number, createdAt, paint }: ChangeContext & { readonly number: number },
): string {
  const { kind, target, cause, until, volumes } = step;
  const what = kind === 'wait' ? `wait until ${target}` : `${kind} ${target}`;
  const data = volumes === true ? paint('red', ' and its volumes') : '';
  const reasons = [cause, until === undefined ? '' : formatUntil(until, createdAt)];
  const why = reasons.filter((reason) => reason !== '').join('; ');
  const line = `${oneLine(what)}${data}`;
  return `      ${number}. ${line}${why === '' ? '' : paint('dim', ` (${oneLine(why)})`)}`;
}
