/** What Go writes for a time that nobody knows. */
const ZERO_TIME = '0001-01-01T00:00:00Z';

/** RFC 3339 in UTC, with as many digits behind the second as it has. Wall-clock milliseconds. */
export function formatTime(atMs: number | undefined): string {
  if (atMs === undefined || Number.isNaN(new Date(atMs).getTime())) return ZERO_TIME;
  const text = new Date(atMs).toISOString();
  const end = text.indexOf('.');
  const fraction = text.slice(end, -1).replace(/\.?0+$/, '');
  return `${text.slice(0, end)}${fraction}Z`;
}

/** RFC 3339 in UTC to the second. */
export function formatSeconds(atMs: number): string {
  return formatTime(Math.floor(atMs / 1_000) * 1_000);
}

/** As Go writes a duration: `1h2m3.456s`, `1m0s`, `250ms`, `0s`. */
export function formatGoDuration(durationMs: number): string {
  const ms = Math.max(0, durationMs);
  if (ms < 1_000) return formatBelowSecond(toNanoseconds(ms));
  const whole = Math.floor(ms / 1_000);
  const fraction = Math.min(toNanoseconds(ms - whole * 1_000), 999_999_999);
  const digits = fraction === 0 ? '' : `.${String(fraction).padStart(9, '0').replace(/0+$/, '')}`;
  const hours = Math.floor(whole / 3_600);
  const minutes = Math.floor(whole / 60) % 60;
  const seconds = `${whole % 60}${digits}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}

function formatBelowSecond(nanoseconds: number): string {
  if (nanoseconds === 0) return '0s';
  if (nanoseconds < 1_000) return `${nanoseconds}ns`;
  return nanoseconds < 1_000_000 ? `${nanoseconds / 1_000}µs` : `${nanoseconds / 1_000_000}ms`;
}

export function toNanoseconds(durationMs: number): number {
  return Math.round(durationMs * 1_000_000);
}
