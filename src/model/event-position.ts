/** From where events are read on. */
export type EventPosition =
  | { readonly kind: 'after'; readonly producer: string; readonly number: number }
  | { readonly kind: 'from'; readonly atMs: number };

/** An `id` as events have it; a safe integer. */
const ID = /^(?<producer>[0-9a-f-]{36})\/(?<number>\d{1,15})$/;
/** A day, and mostly a time of it: `Date.parse` alone takes `1` for a year. */
const DAY = /^\d{4}-\d{2}-\d{2}/;

/** After the event of this id, or from this time on (RFC 3339); undefined: it is neither. */
export function parseEventPosition(text: string): EventPosition | undefined {
  const { producer, number } = ID.exec(text)?.groups ?? {};
  if (producer !== undefined) return { kind: 'after', producer, number: Number(number) };
  const atMs = DAY.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(atMs) ? undefined : { kind: 'from', atMs };
}
