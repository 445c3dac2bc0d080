const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether requests of the method change nothing, whatever they ask for. */
export function isReading(method: string): boolean {
  return READING.has(method);
}
