import { expect, test } from 'vitest';
import { createFakeControl, someStatus } from '../http/fake-control.ts';
import { type CommandResult, runCommand, serveManager } from './run-command.ts';

const IMAGE = 'docker.io/library/nginx:1.29';

/** One service without an image, two with one. */
function fleet() {
  const services = [
    someStatus('echo', { image: IMAGE }),
    someStatus('script'),
    someStatus('web', { image: IMAGE, labels: {} }),
  ];
  return createFakeControl({ status: async () => ({ services, problems: [], leftAlone: [] }) });
}

type Fleet = ReturnType<typeof fleet>;

/** A command line while a manager runs. */
async function runUnder(control: Fleet, line: string): Promise<CommandResult> {
  return runCommand(line, await serveManager(control));
}

/** Services that an update was asked for. */
function asked({ calls }: Fleet): readonly unknown[] {
  return calls.flatMap(([method, command]) => (method === 'ask' ? [command] : []));
}

const wish = (service: string) => ({ kind: 'update', service, by: 'ada@host' });

test.each([
  ['update', ['echo', 'web']],
  ['update web', ['web']],
  ['update -l team=search', ['echo']],
])('%s asks for those that are made from an image', async (line, names) => {
  const control = fleet();
  const { code, out } = await runUnder(control, line);
  expect(code).toBe(0);
  expect(asked(control)).toEqual(names.map(wish));
  expect(out).toBe(
    names.map((name) => `${name} will roll to what ${IMAGE} means now, if it moved.\n`).join(''),
  );
});

test('update --bridge asks for the present bridge, where there may be one', async () => {
  const control = fleet();
  const { code, out } = await runUnder(control, 'update --bridge');
  expect(code).toBe(0);
  expect(asked(control)).toEqual(
    ['echo', 'web'].map((service) => ({ ...wish(service), kind: 'update-bridge' })),
  );
  expect(out).toContain('echo will roll to the bridge of this manager, if it has another one.');
});

test('update tells a program which services it asked for', async () => {
  const { out } = await runUnder(fleet(), 'update --json');
  expect(JSON.parse(out)).toEqual({ kind: 'update', services: ['echo', 'web'] });
});

test('update of a service without an image is refused as a whole, before anything is asked', async () => {
  const control = fleet();
  const { code, err } = await runUnder(control, 'update web script');
  expect(code).toBe(1);
  expect(err).toContain('NOT_SUPPORTED script is made from no image');
  expect(asked(control)).toEqual([]);
});

test('update of an unknown service is answered with a near name', async () => {
  const { code, err } = await runUnder(fleet(), 'update ecko');
  expect(code).toBe(1);
  expect(err).toContain('did you mean "echo"?');
});

test('update with nothing to look for says so', async () => {
  const { code, out } = await runUnder(createFakeControl(), 'update');
  expect([code, out]).toEqual([0, 'No service is made from an image.\n']);
});

test('get shows which image runs', async () => {
  const service = someStatus('echo', { image: IMAGE, imageId: 'sha256:abc' });
  const control = createFakeControl({
    status: async () => ({ services: [service], problems: [], leftAlone: [] }),
  });
  const { out } = await runCommand('get echo', { control });
  expect(out).toContain(IMAGE);
  expect(out).toContain('sha256:abc');
});
