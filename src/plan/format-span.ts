const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A span of time in at most two units: `45s`, `3m12s`, `5h20m`, `12d`. */
export function formatSpan(ms: number): string {
  const span = Math.max(0, ms);
  if (span < MINUTE_MS) return `${Math.floor(span / SECOND_MS)}s`;
  if (span < HOUR_MS) return twoUnits(span, [MINUTE_MS, 'm'], [SECOND_MS, 's']);
  if (span < DAY_MS) return twoUnits(span, [HOUR_MS, 'h'], [MINUTE_MS, 'm']);
  return `${Math.floor(span / DAY_MS)}d`;
}

/** How long ago something was; empty when it is not known. */
export function formatAgo(atMs: number | undefined, nowMs: number): string {
  return atMs === undefined ? '' : `${formatSpan(nowMs - atMs)} ago`;
}

type Unit = readonly [ms: number, name: string];

function twoUnits(ms: number, [largeMs, large]: Unit, [smallMs, small]: Unit): string {
  const rest = Math.floor((ms % largeMs) / smallMs);
  return `${Math.floor(ms / largeMs)}${large}${rest === 0 ? '' : `${rest}${small}`}`;
}
