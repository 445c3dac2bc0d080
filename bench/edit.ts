import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { watch } from 'chokidar';
import { openFolderDocuments } from '../src/adapters/folder/documents.ts';
import { createLoader } from '../src/desired/load.ts';
import type { Runtime } from '../src/ports.ts';
import { createGround, type Ground, startFleet, untilAll } from './fleet.ts';
import { withFolder } from './folder.ts';
import { spreadOf } from './measure.ts';
import { formatSpread, type Table } from './table.ts';

const SERVICES = 1_000;
const EDITS = 20;
/** Longer than every debounce and stamp grain: the next edit finds everything at rest. */
const REST_MS = 300;
const POLICY = { allowRoot: false, allowedImages: [], allowedVolumeRoots: [] };

interface Layout {
  readonly name: string;
  readonly servicesPerFile: number;
}

const LAYOUTS: readonly Layout[] = [
  { name: '1,000 files of one service', servicesPerFile: 1 },
  { name: '50 files of 20 services', servicesPerFile: 20 },
];

/** From the write of one document to the first call of the runtime for its service. */
export async function measureEdits(): Promise<readonly Table[]> {
  const rows: string[][] = [];
  for (const layout of LAYOUTS) {
    const { bare, whole } = await withFolder((folder) => measureLayout(folder, layout));
    const added = spreadOf(whole).median - spreadOf(bare).median;
    rows.push([
      layout.name,
      formatSpread(spreadOf(whole)),
      formatSpread(spreadOf(bare)),
      added.toFixed(1),
    ]);
  }
  return [
    {
      title: 'Edit of one file to the first runtime call',
      notes: [
        `A real folder of documents, ${SERVICES} running services, memory runtime; median of ${EDITS} edits (least–most). ` +
          'Bare: from the same write to the event of a bare chokidar on the same folder. Target: < 250 ms.',
      ],
      columns: ['folder', 'edit to call ms', 'bare event ms', 'added ms'],
      rows,
    },
  ];
}

async function measureLayout(
  folder: string,
  layout: Layout,
): Promise<{ bare: readonly number[]; whole: readonly number[] }> {
  const desiredFolder = join(folder, 'desired');
  const templatesFolder = join(folder, 'templates');
  await Promise.all([mkdir(desiredFolder), mkdir(templatesFolder)]);
  const files = await writeFleet(desiredFolder, layout);
  const bare = await measureBare(desiredFolder, files);
  await writeFleet(desiredFolder, layout);
  const real = createGround(folder);
  const calls = createCallFeed(real.runtime);
  const ground: Ground = { ...real, runtime: calls.runtime };
  const load = createLoader({ runtime: 'memory', runtimes: ['memory'], policy: POLICY });
  const documents = openFolderDocuments({ desiredFolder, templatesFolder });
  const fleet = startFleet({ ground, documents, load });
  await untilAll(fleet, SERVICES);
  const whole: number[] = [];
  for (let edit = 0; edit < EDITS; edit += 1) {
    await sleep(REST_MS);
    const { file, first } = files[(edit * 37) % files.length] ?? { file: '', first: 0 };
    const called = calls.next();
    const startMs = performance.now();
    await writeFile(join(desiredFolder, file), toDocument(first, layout, `edit-${edit}`));
    whole.push((await called) - startMs);
    await untilAll(fleet, SERVICES);
  }
  await fleet.stop();
  ground.store.close();
  return { bare, whole };
}

async function measureBare(
  folder: string,
  files: readonly { file: string }[],
): Promise<readonly number[]> {
  const watcher = watch(folder, { ignoreInitial: true });
  await new Promise<void>((resolve) => void watcher.once('ready', resolve));
  const times: number[] = [];
  for (let edit = 0; edit < EDITS; edit += 1) {
    await sleep(REST_MS);
    const seen = new Promise<number>((resolve) => {
      watcher.once('all', () => resolve(performance.now()));
    });
    const { file } = files[(edit * 37) % files.length] ?? { file: '' };
    const startMs = performance.now();
    await writeFile(
      join(folder, file),
      `# edit ${edit}\napiVersion: mcp-manager/v1\nservices: {}\n`,
    );
    times.push((await seen) - startMs);
  }
  await watcher.close();
  return times;
}

/** Tells when the runtime is next asked to do something. */
function createCallFeed(real: Runtime): { runtime: Runtime; next: () => Promise<number> } {
  let waiting: ((atMs: number) => void) | undefined;
  const runtime: Runtime = {
    ...real,
    perform: (step, values, signal) => {
      waiting?.(performance.now());
      waiting = undefined;
      return real.perform(step, values, signal);
    },
  };
  return { runtime, next: () => new Promise((resolve) => (waiting = resolve)) };
}

async function writeFleet(folder: string, layout: Layout) {
  const files = [];
  for (let first = 0; first < SERVICES; first += layout.servicesPerFile) {
    const file = `fleet-${String(first).padStart(4, '0')}.yaml`;
    await writeFile(join(folder, file), toDocument(first, layout, 'first'));
    files.push({ file, first });
  }
  return files;
}

/** Only the first service of the file changes with the greeting. */
function toDocument(first: number, { servicesPerFile }: Layout, greeting: string): string {
  const services = Array.from({ length: servicesPerFile }, (_, index) => {
    const said = index === 0 ? greeting : 'hello';
    return `  service-${first + index}:
    command: [node, server.ts]
    env: {LOG_LEVEL: info, GREETING: ${said}}
    resources: {memory: 256Mi, cpu: 0.5}
`;
  });
  return `apiVersion: mcp-manager/v1\nservices:\n${services.join('')}`;
}
