import type { Drift } from '../model/plan.ts';
import { oneLine } from './format-line.ts';
import type { Paint } from './format-symbol.ts';
import { formatValue } from './format-value.ts';

/** Drift of spec and existence first, failures at run time apart: they are different signals. */
export function formatDriftSections(drift: readonly Drift[], paint: Paint): readonly string[] {
  const outside = drift.filter(({ signal }) => signal !== 'runtime');
  const failures = drift.filter(({ signal }) => signal === 'runtime');
  return [
    ...formatSection('Objects have changed outside of mcp-manager', outside, {
      headline: 'has drifted',
      paint,
    }),
    ...formatSection('Services have failed at run time', failures, {
      headline: 'has failed',
      paint,
    }),
  ];
}

interface SectionOptions {
  readonly headline: string;
  readonly paint: Paint;
}

function formatSection(
  title: string,
  drift: readonly Drift[],
  { headline, paint }: SectionOptions,
): readonly string[] {
  if (drift.length === 0) return [];
  const services = [...Map.groupBy(drift, ({ service }) => service)].map(([service, items]) =>
    [
      `  ${paint('bold', `# ${service}`)} ${headline}`,
      ...items.map((item) => formatDrift(item, paint)),
    ].join('\n'),
  );
  return [`${paint('cyan', 'Note:')} ${paint('bold', title)}`, ...services];
}

function formatDrift({ instance, path, expected, actual, signal }: Drift, paint: Paint): string {
  const symbol = signal === 'spec' ? paint('yellow', '~') : paint('red', '!');
  const where = [instance ?? 'its instance', path].filter((part) => part !== undefined).join(' ');
  const [from, to] = [expected, actual].map((value) => formatLive(path, value));
  return `      ${symbol} ${oneLine(`${where}: ${from} -> ${to}`)}`;
}

/** Runtimes report text; bytes are shown as in the fields of a change. */
function formatLive(path: string | undefined, value: string): string {
  if (path?.endsWith('Bytes') !== true || !/^\d+$/.test(value)) return value;
  return formatValue(path, Number(value));
}
