import type { Control } from '../src/control.ts';

const MOST_WAIT_MS = 60_000;

/** When the service is verified next, by `performance.now`. */
export async function untilVerified({ events }: Control, service: string): Promise<number> {
  const told = events({ follow: true, service }, AbortSignal.timeout(MOST_WAIT_MS));
  for await (const { type } of told) {
    if (type === 'io.mcpmanager.service.verified') return performance.now();
  }
  throw new Error(`${service} was not verified again`);
}
