const BYTES: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 2 ** 10,
  kb: 2 ** 10,
  Ki: 2 ** 10,
  m: 2 ** 20,
  mb: 2 ** 20,
  Mi: 2 ** 20,
  g: 2 ** 30,
  gb: 2 ** 30,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Bytes of `256Mi`, `512m` (as Docker writes it) or a plain number; undefined when it is none. */
export function parseBytes(value: number | string): number | undefined {
  const match = /^([0-9]+(?:\.[0-9]+)?)([A-Za-z]*)$/.exec(String(value));
  const factor = match && Object.hasOwn(BYTES, match[2] ?? '') ? BYTES[match[2] ?? ''] : undefined;
  return factor === undefined ? undefined : Math.round(Number(match?.[1]) * factor);
}

/** Cores of `0.5` or `500m`; undefined when it is neither. */
export function parseCores(value: number | string): number | undefined {
  const match = /^([0-9]+(?:\.[0-9]+)?)(m?)$/.exec(String(value));
  if (!match) return undefined;
  return match[2] === 'm' ? Number(match[1]) / 1_000 : Number(match[1]);
}

/** Milliseconds of `500ms`, `30s`, `1h30m`; undefined when it is none. */
export function parseDurationMs(text: string): number | undefined {
  if (!/^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)/g)];
  return parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * (MILLISECONDS[unit ?? ''] ?? 0),
    0,
  );
}
