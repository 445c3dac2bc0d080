import { setTimeout as sleep } from 'node:timers/promises';
import { openProber } from '../src/adapters/mcp/prober.ts';
import { createMemoryProber } from '../src/adapters/memory/prober.ts';
import type { DesiredService } from '../src/model/service.ts';
import type { Prober, Runtime } from '../src/ports.ts';
import { createGround, makeServices, startFleet, untilAll } from './fleet.ts';
import { withFolder } from './folder.ts';
import { measure } from './measure.ts';

export const SERVICES = 1_000;
/** Longer than the resync, so that one lies in it. */
const WINDOW_MS = 33_000;
/** What the start left to do has ended by then. */
const SETTLE_MS = 3_000;
/** Looking at the event loop every millisecond would itself be most of the CPU of a resting manager. */
const COARSE_MS = 20;
const OFTEN_MS = 20_000;
const NEVER_MS = 24 * 3_600_000;

/** What one resting manager took over the window. */
export interface Footprint {
  /** At the end of the window. */
  readonly rssBytes: number;
  /** The most it ever was: in the first start of the whole fleet. */
  readonly peakBytes: number;
  readonly heapBytes: number;
  /** 1 is a whole core. */
  readonly cpuShare: number;
  readonly windowMs: number;
  readonly probes: number;
  readonly blockMs: number;
}

if (import.meta.main)
  console.log(JSON.stringify(await withFolder((folder) => rest(folder, process.argv[2]))));

/** Rests with 1,000 running services; with a URL, every instance is probed there. */
async function rest(folder: string, url: string | undefined): Promise<Footprint> {
  const ground = createGround(folder);
  const runtime = url === undefined ? ground.runtime : withUrl(ground.runtime, url);
  const prober = countProbes(url === undefined ? createMemoryProber() : openProber());
  const fleet = startFleet({ ground: { ...ground, runtime }, prober });
  fleet.want(makeServices(SERVICES).map((service) => withEvery(service, url)));
  await untilAll(fleet, SERVICES);
  await sleep(SETTLE_MS);
  const before = prober.probes();
  const { cpuMs, wallMs, blockMs } = await measure(() => sleep(WINDOW_MS), COARSE_MS);
  const { rss, heapUsed } = process.memoryUsage();
  const probes = prober.probes() - before;
  await fleet.stop();
  await prober.close();
  ground.store.close();
  return {
    rssBytes: rss,
    peakBytes: process.resourceUsage().maxRSS * 1024,
    heapBytes: heapUsed,
    cpuShare: cpuMs / wallMs,
    windowMs: WINDOW_MS,
    probes,
    blockMs,
  };
}

function withEvery(service: DesiredService, url: string | undefined): DesiredService {
  const everyMs = url === undefined ? NEVER_MS : OFTEN_MS;
  return { ...service, verify: { ...service.verify, everyMs } };
}

/** Every instance of the memory runtime is reached at the one real server. */
function withUrl(real: Runtime, url: string): Runtime {
  return {
    ...real,
    async observe(request, signal) {
      const seen = await real.observe(request, signal);
      if (!seen.ok) return seen;
      const instances = seen.instances.map((instance) =>
        instance.url === undefined ? instance : { ...instance, url },
      );
      return { ...seen, instances };
    },
  };
}

function countProbes(real: Prober): Prober & { readonly probes: () => number } {
  let probes = 0;
  return {
    ...real,
    probes: () => probes,
    probe(target, last, signal) {
      probes += 1;
      return real.probe(target, last, signal);
    },
  };
}
