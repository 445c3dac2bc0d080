import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { FactsReader } from './engine-facts.ts';
import { listServiceSubnets } from './networks.ts';
import type { Scene } from './scene.ts';

/** So long an answer of the engine holds: no service is made and calls within it. */
const HOLDS_MS = 250;

export interface ServiceAddresses {
  /** Whether a request from this address can come from a service; true also while the engine does not say. */
  has(scene: Scene, address: string): Promise<boolean>;
}

/** Asks the engine for the networks of services, at most four times a second. */
export function createServiceAddresses(readFacts: FactsReader): ServiceAddresses {
  let seen: Promise<BlockList> | undefined;
  let seenAtMs = -Infinity;

  function read(scene: Scene): Promise<BlockList> {
    if (seen === undefined || performance.now() - seenAtMs > HOLDS_MS) {
      seenAtMs = performance.now();
      seen = Promise.all([listServiceSubnets(scene), readFacts(scene.signal)]).then(
        ([subnets, { rootless }]) => toBlockList(subnets, rootless ? ownAddresses() : []),
      );
    }
    return seen;
  }

  return {
    async has(scene, address) {
      const list = await read(scene).catch(() => undefined);
      if (list === undefined) seen = undefined;
      return list?.check(address, familyOf(address)) ?? true;
    },
  };
}

function toBlockList(subnets: readonly string[], addresses: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = '', bits] = subnet.split('/');
    if (isIP(network) !== 0) list.addSubnet(network, Number(bits), familyOf(network));
  }
  for (const address of addresses) list.addAddress(address, familyOf(address));
  return list;
}

/** What leaves the namespace of a rootless engine comes from the machine's own address. */
function ownAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.filter(({ internal }) => !internal).map(({ address }) => address);
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
