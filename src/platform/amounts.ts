/** Docker's units in any case; they count by 1024. */
const DOCKER = /^(?<count>[0-9]+(?:\.[0-9]+)?) ?(?<unit>b|kb?|mb?|gb?)?$/i;
const BINARY = /^[0-9]+(?:\.[0-9]+)?[KMGT]i$/;
const KUBERNETES = /^(?<count>[0-9]+(?:\.[0-9]+)?)(?<unit>[kMGT])?$/;
const THOUSANDS: Readonly<Record<string, number>> = { '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** Memory as a document writes it, from Docker's `512m`, `1G`, from `512Mi`, or bytes; undefined when it is none. */
export function toMemory(value: unknown): string | number | undefined {
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && value > 0 ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (BINARY.test(text)) return text;
  const { count, unit = '' } = DOCKER.exec(text)?.groups ?? {};
  return count === undefined ? undefined : `${count}${unit.toLowerCase()}`;
}

/** The same as Kubernetes writes it, where `512M` counts by 1000. */
export function toKubernetesMemory(value: unknown): string | number | undefined {
  const text = typeof value === 'string' ? value.trim() : '';
  const { count, unit = '' } = KUBERNETES.exec(text)?.groups ?? {};
  return count === undefined ? toMemory(value) : Math.round(Number(count) * (THOUSANDS[unit] ?? 1));
}

/** Cores as a document writes them, from `0.5`, `.5`, `500m` or a number; undefined when it is none. */
export function toCpu(value: unknown): string | number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value > 0 ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const text = value.trim().replace(/^\./, '0.');
  return /^([0-9]+m|[0-9]+(\.[0-9]+)?)$/.test(text) ? text : undefined;
}
