import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CloudEvent } from '../../../src/model/event.ts';
import { eventually } from '../../helpers/eventually.ts';
import { contained, createFleet } from '../../helpers/fleet.ts';
import { PROGRAMS_IMAGE } from '../../helpers/image-store.ts';
import type { ManagerProcess } from '../../helpers/manager.ts';

// Everything that a hand can do to containers, done to one running fleet at once.
const fleet = await createFleet(afterAll);
const { podman } = fleet.engine;
const OTHER_IMAGE = 'localhost/mcp-test/other:1';
const OWN_IMAGE = 'localhost/mcp-test/own:1';
const DATA = { volumes: [{ name: 'data', destination: '/data' }] };
let manager: ManagerProcess;

interface Damage {
  readonly does: (name: string) => Promise<unknown>;
  /** How it is told; absent: it is no damage to what runs. */
  readonly signal?: 'spec' | 'existence' | 'runtime';
  readonly spec?: Readonly<Record<string, unknown>>;
}

const DAMAGES: Readonly<Record<string, Damage>> = {
  killed: { does: (name) => podman('kill', name), signal: 'runtime' },
  stopped: { does: (name) => podman('stop', '--time', '1', name), signal: 'runtime' },
  paused: { does: (name) => podman('pause', name), signal: 'runtime' },
  removed: { does: (name) => podman('rm', '--force', '--time', '0', name), signal: 'existence' },
  renamed: { does: (name) => podman('rename', name, 'taken-away'), signal: 'existence' },
  replaced: { does: replace, signal: 'spec' },
  limited: { does: (name) => podman('update', '--memory', '400m', name), signal: 'spec' },
  severed: {
    does: async (name) => podman('network', 'disconnect', await networkOf(name), name),
    signal: 'spec',
  },
  joined: { does: (name) => podman('network', 'connect', 'podman', name), signal: 'spec' },
  unlinked: {
    does: async (name) => podman('network', 'rm', '--force', await networkOf(name)),
    signal: 'existence',
  },
  emptied: { does: removeVolume, signal: 'existence', spec: DATA },
  untagged: { does: () => podman('untag', OWN_IMAGE), spec: { image: OWN_IMAGE } },
};
// Among others that nothing happens to.
const OTHERS = Array.from({ length: 9 }, (_, index) => `other-${index}`);
const NAMES = [...Object.keys(DAMAGES), ...OTHERS];
const RUNNING = Object.fromEntries(NAMES.map((name) => [name, 'Running']));

beforeAll(async () => {
  await makeImage(OTHER_IMAGE);
  await makeImage(OWN_IMAGE);
  // What no event and no list of containers tells is found by the next deep look.
  fleet.environment['DEEP_INTERVAL'] = '3s';
  fleet.declare(
    'fleet.yaml',
    Object.fromEntries(NAMES.map((name) => [name, contained('tiny', [], DAMAGES[name]?.spec)])),
  );
  manager = await fleet.run();
  await manager.until(RUNNING, 120_000);
}, 180_000);

test('every damage is told as what it is, and healed or left alone; then there is nothing to do', async () => {
  const before = new Map(
    await Promise.all(NAMES.map(async (name) => [name, await containerOf(name)] as const)),
  );
  const ids = new Map(
    await Promise.all(
      NAMES.map(async (name) => [name, await idOf(before.get(name) ?? '')] as const),
    ),
  );
  await Promise.all(
    Object.entries(DAMAGES).map(([service, { does }]) => does(before.get(service) ?? '')),
  );

  await eventually(async () => {
    const told = await readSignals();
    for (const [service, { signal }] of Object.entries(DAMAGES)) {
      const expected = signal === undefined ? [] : [`${signal} detected`, `${signal} healed`];
      expect([service, told.get(service) ?? []]).toEqual([
        service,
        expect.arrayContaining(expected),
      ]);
    }
  }, 120_000);
  await manager.until(RUNNING, 60_000);

  // Left alone and named: the one that was taken away, as it was.
  expect(await idOf('taken-away')).toBe(ids.get('renamed'));
  await eventually(async () => {
    const { leftAlone } = await manager.control.status();
    const taken = { kind: 'container', name: 'taken-away', service: 'renamed' };
    expect(leftAlone).toMatchObject([taken]);
  }, 30_000);
  const { stdout } = await fleet.cli('plan');
  expect(stdout).toContain('No changes.');
  expect(stdout).toContain('taken-away');
  // Nothing was made anew that could be mended.
  for (const service of ['killed', 'stopped', 'paused', 'limited', 'untagged']) {
    expect([service, await idOf(await containerOf(service))]).toEqual([service, ids.get(service)]);
  }
  expect(await limitOf(await containerOf('limited'))).toBe(256 * 2 ** 20);

  await podman('rm', '--force', '--time', '0', 'taken-away');
  await eventually(async () => {
    expect((await fleet.cli('plan')).stdout).toContain(
      'No changes. Your services match the documents.',
    );
  }, 30_000);
  expect(await fleet.containers('running')).toHaveLength(NAMES.length);
  expect((await podman('network', 'ls', '--format', '{{.Name}}')).split('\n')).toHaveLength(
    NAMES.length + 1,
  );
}, 300_000);

/** Signals that were told of each service: `runtime detected`, `runtime healed`. */
async function readSignals(): Promise<ReadonlyMap<string, readonly string[]>> {
  const signals = new Map<string, string[]>();
  const query = { since: new Date(0).toISOString(), follow: false };
  for await (const event of manager.control.events(query, AbortSignal.timeout(30_000))) {
    const word = signalOf(event);
    const { subject = '' } = event;
    if (word !== undefined) signals.set(subject, [...(signals.get(subject) ?? []), word]);
  }
  return signals;
}

function signalOf({ type, data }: CloudEvent): string | undefined {
  const [, what] = /drift\.(detected|healed)$/.exec(type) ?? [];
  return what === undefined ? undefined : `${String(data['signal'])} ${what}`;
}

async function containerOf(service: string): Promise<string> {
  const names = await fleet.containers();
  return names.find((name) => name.startsWith(`mcp-${service}-`)) ?? '';
}

function idOf(name: string): Promise<string> {
  return podman('inspect', name, '--format', '{{.Id}}');
}

function networkOf(name: string): Promise<string> {
  return podman(
    'inspect',
    name,
    '--format',
    '{{range $n, $_ := .NetworkSettings.Networks}}{{$n}}{{end}}',
  );
}

/** The limit in force inside, which is what a person would see. */
async function limitOf(name: string): Promise<number> {
  const files = ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes'];
  const read = `for (const f of ${JSON.stringify(files)}) try { process.stdout.write(fs.readFileSync(f)); break } catch {}`;
  return Number(await podman('exec', name, 'node', '-e', read));
}

async function removeVolume(name: string): Promise<void> {
  const volume = await podman('inspect', name, '--format', '{{range .Mounts}}{{.Name}}{{end}}');
  await podman('volume', 'rm', '--force', volume);
}

/** Another container in its place, with its name and all of its labels. */
async function replace(name: string): Promise<void> {
  const format = '{{range $k, $v := .Config.Labels}}{{$k}}={{$v}}{{"\\n"}}{{end}}';
  const labels = (await podman('inspect', name, '--format', format)).split('\n').filter(Boolean);
  const options = ['--init', '--name', 'impostor', '--network', await networkOf(name)];
  const given = labels.flatMap((label) => ['--label', label]);
  const program = ['node', '-e', 'setInterval(() => {}, 1e6)'];
  await podman('run', '--detach', ...options, ...given, OTHER_IMAGE, ...program);
  // The manager may be faster to make its own anew: then that one is replaced.
  await eventually(async () => {
    await podman('rm', '--force', '--ignore', '--time', '0', name);
    await podman('rename', 'impostor', name);
  }, 30_000);
}

async function makeImage(name: string): Promise<void> {
  await podman('create', '--name', 'making', PROGRAMS_IMAGE, 'node');
  await podman('commit', '--quiet', '--change', `LABEL made=${name}`, 'making', name);
  await podman('rm', 'making');
}
