import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../../test/helpers/engine.ts';
import type { Workplace } from '../../test/helpers/manager.ts';
import { untilVerified } from '../until-verified.ts';
import { hearOfEnd } from './hear-of-end.ts';
import { withGreeting } from './managed.ts';

const REST_MS = 1_000;
const MOST_WAIT_MS = 60_000;

/** Milliseconds from SIGKILL of a container's first process. */
export interface Kill {
  /** To the engine's own word of it. */
  readonly toldMs: number;
  /** To the next verification. */
  readonly verifiedMs: number;
}

/** One kill each of another service. */
export async function measureManagedKills({
  engine,
  place,
  count,
}: {
  readonly engine: Engine;
  readonly place: Workplace;
  readonly count: number;
}): Promise<readonly Kill[]> {
  const names = Array.from({ length: count }, (_, index) => `kill-${index}`);
  place.declare(
    'fleet.yaml',
    Object.fromEntries(names.map((name) => [name, withGreeting('hello')])),
  );
  const manager = await place.run();
  await manager.until(Object.fromEntries(names.map((name) => [name, 'Running'])), MOST_WAIT_MS);
  const kills: Kill[] = [];
  for (const service of names) {
    await sleep(REST_MS);
    const label = `label=mcp-manager.io/service=${service}`;
    const name = await engine.podman('ps', '--filter', label, '--format', '{{.Names}}');
    const pid = Number(await engine.podman('inspect', name, '--format', '{{.State.Pid}}'));
    const verified = untilVerified(manager.control, service);
    const told = await hearOfEnd(engine.socket, name);
    const beganMs = performance.now();
    process.kill(pid, 'SIGKILL');
    kills.push({ toldMs: (await told()) - beganMs, verifiedMs: (await verified) - beganMs });
  }
  await manager.end();
  return kills;
}
