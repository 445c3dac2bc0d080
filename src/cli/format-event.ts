import type { CloudEvent } from '../model/event.ts';
import type { Paint } from '../plan/format-symbol.ts';

const PREFIX = 'io.mcpmanager.';

/** What is said of an event beside its type, in the order in which it is looked for. */
const WORDS = ['cause', 'message', 'code', 'hint'] as const;

/** `10:31:05 echo service.started: cause`. The JSON is the contract. */
export function formatEvent(event: CloudEvent, paint: Paint): string {
  const { time, subject = '-', data } = event;
  const words = WORDS.map((key) => data[key]).filter(
    (word): word is string => typeof word === 'string' && word !== '',
  );
  const type = shortType(event);
  const style = /failed|rolledback|problem\.found/.test(type) ? 'red' : 'cyan';
  const rest = words.length === 0 ? '' : `: ${words.join(' - ').replaceAll(/\s+/g, ' ')}`;
  return `${paint('dim', time.slice(11, 19))} ${subject} ${paint(style, type)}${rest}`;
}

/** The type without what all of ours begin with. */
export function shortType({ type }: CloudEvent): string {
  return type.startsWith(PREFIX) ? type.slice(PREFIX.length) : type;
}
