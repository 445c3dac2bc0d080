import type { ChangeValue } from './named-value.ts';

/** `--name=value`, `NAME=value`, `Header: value`: what stands before the value, and its name. */
const NAMED_PART = /^(?<lead>(?<name>-{0,2}[A-Za-z][\w.-]*)(?:=|:\s+))(?<value>.+)$/s;
const HEADER_PART = /^(?<lead>(?<name>(?:Proxy-)?Authorization|Cookie|X-[\w-]+):)(?<value>.+)$/is;
const OPTION = /^--?[A-Za-z][^=\s]*$/;

/** The values of options in a list of words, and the words that are none. */
export function mapCommand(
  field: string,
  command: readonly unknown[],
  change: ChangeValue,
): readonly unknown[] {
  const told = new Map<string, number>();
  return command.map((part, index) => {
    if (typeof part !== 'string' || OPTION.test(part)) return part;
    const { lead = '', name = optionBefore(command, index), value = part } = read(part);
    const count = (told.get(name) ?? 0) + 1;
    told.set(name, count);
    // By its name, so that it is found again where others come and go before it.
    const place = name === '' ? `[${index}]` : ` ${name}${count > 1 ? ` (${count})` : ''}`;
    const changed = change({ field: 'command', at: `${field}${place}`, name, value });
    return typeof changed === 'string' ? `${lead}${changed}` : part;
  });
}

function read(part: string): Readonly<Record<string, string>> {
  return (HEADER_PART.exec(part) ?? NAMED_PART.exec(part))?.groups ?? {};
}

/** `--name value`: the name. */
function optionBefore(command: readonly unknown[], index: number): string {
  const before = command[index - 1];
  return typeof before === 'string' && OPTION.test(before) ? before : '';
}
