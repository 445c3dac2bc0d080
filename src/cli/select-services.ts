import type { Command } from 'commander';
import { suggest } from '../desired/suggest.ts';
import { AppError } from '../errors.ts';
import { parseSelector } from './option-parsers.ts';

export interface SelectorOption {
  readonly selector?: readonly string[];
}

/** What a service is chosen by. */
export interface Selectable {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Adds names and `--selector` to a command that takes many services. */
export function takeServices(command: Command, argument = '[names...]'): Command {
  return command
    .argument(argument, 'services')
    .option('-l, --selector <key=value>', 'only services with this label', parseSelector);
}

/** The named services that carry all labels. Throws SERVICE_UNKNOWN for a name that is not there. */
export function selectServices<Service extends Selectable>(
  services: readonly Service[],
  names: readonly string[],
  { selector = [] }: SelectorOption,
): readonly Service[] {
  const known = new Set(services.map(({ name }) => name));
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) throw unknownService(unknown, known);
  return services.filter(
    ({ name, labels }) =>
      (names.length === 0 || names.includes(name)) &&
      selector.every((pair) => carries(labels, pair)),
  );
}

/** Names for a request about some services; undefined for all. Lists the services only when it must. */
export async function selectNames(
  list: () => Promise<readonly Selectable[]>,
  names: readonly string[],
  options: SelectorOption,
): Promise<readonly string[] | undefined> {
  if (options.selector === undefined) return names.length === 0 ? undefined : names;
  const selected = selectServices(await list(), names, options).map(({ name }) => name);
  if (selected.length > 0) return selected;
  throw new AppError('SERVICE_UNKNOWN', `no service carries ${options.selector.join(', ')}`, {
    hint: '`mcp-manager status --json` shows the labels of each',
  });
}

/** The error for a name that nobody knows, with a near one as hint. */
export function unknownService(name: string, known: Iterable<string>): AppError {
  const hint = suggest(name, known) ?? '`mcp-manager status` lists all';
  return new AppError('SERVICE_UNKNOWN', `there is no service ${name}`, { hint });
}

function carries(labels: Readonly<Record<string, string>>, pair: string): boolean {
  const equals = pair.indexOf('=');
  return labels[pair.slice(0, equals)] === pair.slice(equals + 1);
}
