import { createWorkplace } from '../../test/helpers/manager.ts';
import { startEngine } from '../../test/helpers/engine.ts';
import { formatMs, formatSpread, type Table } from '../table.ts';
import { spreadOf } from '../measure.ts';
import { type BareStart, type FleetTimes, measureBareFleet, measureBareStarts } from './bare.ts';
import { measureComposeFleet } from './compose.ts';
import { measureManagedFleet, type ManagedFleet } from './managed.ts';
import { type Kill, measureManagedKills } from './kills.ts';

export const SERVICES = 40;
const KILLS = 8;

/** A fleet of containers brought up, left, changed and taken down: by us, bare, and by podman-compose. */
export async function measurePodman(): Promise<readonly Table[]> {
  return withEnd(async (atEnd) => {
    const engine = await startEngine(atEnd);
    const place = createWorkplace(atEnd, {
      runtime: 'podman',
      environment: { CONTAINER_HOST: `unix://${engine.socket}` },
    });
    const bare = await measureBareFleet(engine, SERVICES);
    const managed = await measureManagedFleet(place, SERVICES);
    const compose = await measureComposeFleet(engine, SERVICES);
    const [kills, starts] = [
      await measureManagedKills({ engine, place, count: KILLS }),
      await measureBareStarts(engine, KILLS),
    ];
    return [fleetTable({ bare, managed, compose }), killTable(kills, starts), costTable(managed)];
  });
}

/** Runs the work and then, latest first, what it left to do at the end; also when it fails. */
async function withEnd<T>(
  work: (atEnd: (end: () => Promise<void>) => void) => Promise<T>,
): Promise<T> {
  await using ends = new AsyncDisposableStack();
  return await work((end) => ends.defer(end));
}

interface Fleets {
  readonly bare: FleetTimes;
  readonly managed: ManagedFleet;
  readonly compose: FleetTimes;
}

function fleetTable({ bare, managed, compose }: Fleets): Table {
  const row = (what: string, key: keyof FleetTimes): string[] => {
    const [ours, alone = 0] = [managed[key], bare[key]];
    const other = compose[key];
    const ratio = (ours / alone).toFixed(2);
    return [
      what,
      formatMs(ours),
      formatMs(alone),
      ratio,
      other === undefined ? '' : formatMs(other),
    ];
  };
  return {
    title: `${SERVICES} containers on Podman`,
    notes: [
      'The tiny MCP server of the tests, each with a network of its own. Bare: the same calls by dockerode at the same parallelism, ' +
        'for the second row with the first handshake of each beside the next starts. Ours is from the edit of the document, and verifies ' +
        'and routes while it starts the rest; podman-compose 1.6.0 neither verifies nor routes. Target: up ≤ 1.10 × bare.',
    ],
    columns: ['what', 'ours ms', 'bare ms', 'ratio', 'podman-compose ms'],
    rows: [
      row('up, until the last start', 'upMs'),
      row('up, until all are verified (ours: and routed)', 'verifiedMs'),
      row('unchanged', 'unchangedMs'),
      row('one changed', 'changedMs'),
      row('down', 'downMs'),
    ],
  };
}

function killTable(kills: readonly Kill[], starts: readonly BareStart[]): Table {
  const whole = spreadOf(kills.map(({ verifiedMs }) => verifiedMs));
  const made = spreadOf(starts.map(({ madeMs }) => madeMs));
  const again = spreadOf(starts.map(({ againMs }) => againMs));
  const told = spreadOf(kills.map(({ toldMs }) => toldMs));
  const own = spreadOf(kills.map(({ verifiedMs, toldMs }) => verifiedMs - toldMs));
  return {
    title: 'A container killed to verified again',
    notes: [
      `${KILLS} kills, each of another service (least–most). Told: when the engine's own event stream tells of the end; with its log of events in a file it looks there four times a second. Bare: start and first handshake after the engine's word; and create, start and first handshake. Target: ≤ 1.2 × bare + 100 ms.`,
    ],
    columns: [
      'kill to verified ms',
      'told after ms',
      'told to verified ms',
      'bare again ms',
      'bare ms',
      'target ms',
    ],
    rows: [
      [
        formatSpread(whole),
        formatSpread(told),
        formatSpread(own),
        formatSpread(again),
        formatSpread(made),
        formatMs(1.2 * made.median + 100),
      ],
    ],
  };
}

function costTable({ firstCallMs, runningMs, cpuMs, rssBytes }: ManagedFleet): Table {
  return {
    title: `The manager with ${SERVICES} containers`,
    notes: ['CPU is that of its process from the first edit until all was verified.'],
    columns: ['what', 'measured'],
    rows: [
      ['edit to first runtime call, ms', formatSpread(firstCallMs)],
      ['edit of one service to running and verified, ms', formatSpread(runningMs)],
      ['CPU during up, ms', formatMs(cpuMs)],
      ['RSS after up, MB', (rssBytes / 1e6).toFixed(0)],
    ],
  };
}
