import type { Log, Runtime } from '../ports.ts';

const LAST_LINES = 20;
const LOG_DEADLINE_MS = 2_000;

/** The last output lines of an instance; empty when its runtime cannot tell in time. */
export async function readLastOutput(
  runtime: Runtime | undefined,
  instance: string,
  log: Log,
): Promise<readonly string[]> {
  const lines: string[] = [];
  if (!runtime) return lines;
  try {
    const request = { follow: false, tail: LAST_LINES };
    for await (const line of runtime.logs(
      instance,
      request,
      AbortSignal.timeout(LOG_DEADLINE_MS),
    )) {
      lines.push(line.text);
    }
  } catch (error) {
    log.debug({ instance, error }, 'The last output could not be read.');
  }
  return lines.slice(-LAST_LINES);
}
