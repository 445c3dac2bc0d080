import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../../test/helpers/engine.ts';
import type { Workplace } from '../../test/helpers/manager.ts';
import { untilVerified } from '../until-verified.ts';
import { withGreeting } from './managed.ts';

const REST_MS = 1_000;
const MOST_WAIT_MS = 60_000;

/** From SIGKILL of a container's first process to its next verification; each another service. */
export async function measureManagedKills({
  engine,
  place,
  count,
}: {
  readonly engine: Engine;
  readonly place: Workplace;
  readonly count: number;
}): Promise<readonly number[]> {
  const names = Array.from({ length: count }, (_, index) => `kill-${index}`);
  place.declare(
    'fleet.yaml',
    Object.fromEntries(names.map((name) => [name, withGreeting('hello')])),
  );
  const manager = await place.run();
  await manager.until(Object.fromEntries(names.map((name) => [name, 'Running'])), MOST_WAIT_MS);
  const times: number[] = [];
  for (const service of names) {
    await sleep(REST_MS);
    const label = `label=mcp-manager.io/service=${service}`;
    const name = await engine.podman('ps', '--filter', label, '--format', '{{.Names}}');
    const pid = Number(await engine.podman('inspect', name, '--format', '{{.State.Pid}}'));
    const verified = untilVerified(manager.control, service);
    const beganMs = performance.now();
    process.kill(pid, 'SIGKILL');
    times.push((await verified) - beganMs);
  }
  await manager.end();
  return times;
}
