import { expect, test } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { eventually } from '../helpers/eventually.ts';
import { wanted } from '../helpers/services.ts';
import { startWorld, type TestWorld } from '../helpers/world.ts';

const echo = wanted('echo');

function failures({ store }: TestWorld) {
  const events = store.events(0, 10_000).map(({ event }) => event);
  return events
    .filter(({ type }) => type === 'io.mcpmanager.service.failed')
    .map(({ data }) => data);
}

test('a service whose secret is missing has failed, is told of once, and runs once the secret is there', async () => {
  const world = startWorld({ resyncMs: 20 });
  world.want([wanted('echo', { spec: { env: { KEY: { secret: 'file:key' } } } })]);
  await eventually(async () => expect(await world.states()).toEqual(['echo Failed']));
  await eventually(() =>
    expect(failures(world)).toEqual([
      { state: 'Failed', cause: expect.stringContaining('file:key'), lastLog: [] },
    ]),
  );
  world.kept.set('file:key', 'v');
  await eventually(async () => expect(await world.states()).toEqual(['echo Running']));
  expect(failures(world)).toHaveLength(1);
});

test('a service whose instance cannot be made has failed with the third attempt, is told of once, and goes on to be tried', async () => {
  const world = startWorld({ resyncMs: 20 });
  const error = new AppError('RUNTIME_UNAVAILABLE', 'the engine does not answer');
  world.runtime.addFault({ error, when: 'before', step: 'create', times: 3 });
  const seen: string[] = [];
  world.want([echo]);
  await eventually(async () => {
    const [state = ''] = await world.states();
    if (state !== '' && seen.at(-1) !== state) seen.push(state);
    expect(state).toBe('echo Running');
  });
  const told = { state: 'Failed', cause: 'RUNTIME_UNAVAILABLE the engine does not answer' };
  expect(failures(world)).toEqual([{ ...told, lastLog: [] }]);
  const words = seen.map((state) => state.slice('echo '.length)).join(' ');
  expect(words).toMatch(/^(Pending )?Starting Failed ((Starting|Updating) )*Running$/);
});
