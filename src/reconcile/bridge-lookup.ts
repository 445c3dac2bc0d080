import type { DesiredService } from '../model/service.ts';
import type { Runtime } from '../ports.ts';

/**
 * The version of the bridge that new instances get, by runtime; only where one of these services has a
 * bridge before it. Where a runtime cannot tell, nothing is known: what is to be made tells why.
 */
export async function lookUpBridges(
  runtimes: ReadonlyMap<string, Runtime>,
  services: readonly DesiredService[],
): Promise<ReadonlyMap<string, string>> {
  const bridged = services.filter(({ spec }) => spec.transport === 'stdio');
  const names = [...new Set(bridged.map(({ runtime }) => runtime))];
  const found = await Promise.all(
    names.map(async (name) => {
      const version = await runtimes
        .get(name)
        ?.bridgeVersion?.()
        .catch(() => undefined);
      return version === undefined ? [] : [[name, version] as const];
    }),
  );
  return new Map(found.flat());
}
