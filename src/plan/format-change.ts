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
    formatRoadStep(step, { number: index + 1, known: cause, createdAt, paint }),
  );
  return [headline, ...why, name, ...formatFields(change, paint), ...road].join('\n');
}

interface StepContext extends ChangeContext {
  readonly number: number;
  /** The cause of the change as a whole: steps say only what differs. */
  readonly known: string;
}

function formatRoadStep(step: StepDocument, context: StepContext): string {
  const { number, known, createdAt, paint } = context;
  const { kind, target, cause, until, volumes, policy = 'missing' } = step;
  // The codes of waits are words with dashes: `back-off-ends`.
  const what =
    kind === 'wait' ? `wait until ${target.replace('-ends', ' ends')}` : `${kind} ${target}`;
  const asks = policy === 'missing' ? '' : `, ${policy}`;
  const data = volumes === true && kind === 'remove' ? paint('red', ' and its volumes') : '';
  const reasons = [
    cause === known ? '' : cause,
    until === undefined ? '' : formatUntil(until, createdAt),
  ];
  const why = reasons.filter((reason) => reason !== '').join('; ');
  return `      ${number}. ${oneLine(what)}${asks}${data}${why === '' ? '' : paint('dim', ` (${oneLine(why)})`)}`;
}
