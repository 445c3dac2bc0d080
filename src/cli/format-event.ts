import type { CloudEvent } from '../model/event.ts';
import type { Paint } from '../plan/format-symbol.ts';

const PREFIX = 'io.mcpmanager.';

/** What is said of an event beside its type, in this order. */
const WORDS = ['cause', 'code', 'message', 'hint'] as const;
/** Steps are told with the call that they make. */
const STEP_WORDS = ['effect', ...WORDS] as const;

/** `10:31:05 echo service.started: cause`. The JSON is the contract. */
export function formatEvent(event: CloudEvent, paint: Paint): string {
  const { time, subject = '-', data } = event;
  const type = shortType(event);
  const keys = type.startsWith('step.') ? STEP_WORDS : WORDS;
  const words = keys
    .map((key) => data[key])
    .filter((word): word is string => typeof word === 'string' && word !== '');
  const style = /failed|rolledback|problem\.found/.test(type) ? 'red' : 'cyan';
  const rest = words.length === 0 ? '' : `: ${words.join(' - ').replaceAll(/\s+/g, ' ')}`;
  return `${paint('dim', time.slice(11, 19))} ${subject} ${paint(style, type)}${rest}`;
}

/** The type without what all of ours begin with. */
export function shortType({ type }: CloudEvent): string {
  return type.startsWith(PREFIX) ? type.slice(PREFIX.length) : type;
}
