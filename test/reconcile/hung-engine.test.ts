import { expect, test } from 'vitest';
import type { Declarer } from '../../src/reconcile/written-service.ts';
import { eventually } from '../helpers/eventually.ts';
import { wanted } from '../helpers/services.ts';
import { NO_TEXTS, startWorld } from '../helpers/world.ts';
import { hangEngine } from '../helpers/world-faults.ts';

/** Each service has a document of its own, which anything may be written into. */
const declarer: Declarer = {
  ...NO_TEXTS,
  find: (_set, _desired, service) => {
    const place = { file: `api/${service}.yaml`, line: 1, column: 1 };
    return { origin: 'api', place, text: 'before', fields: {} };
  },
  declare: ({ desired }, _written, { service, change }) => ({
    file: `api/${service}.yaml`,
    before: 'before',
    ...(change.kind !== 'delete' && { after: 'after', fields: {} }),
    secrets: [],
    desired,
    problems: [],
  }),
};

test('nobody who writes or deletes waits for an engine that does not answer, nor for whoever waits for it', async () => {
  const { between, hang, answer, givenUp } = hangEngine();
  const world = startWorld({ between, declarer });
  world.want([wanted('a'), wanted('b')]);
  await eventually(async () => expect(await world.states()).toEqual(['a Running', 'b Running']));
  world.runtime.addForeign({ id: 'c'.repeat(64), name: 'old' });
  hang();
  const by = { origin: 'api', by: 'ada' } as const;
  const importing = world.control.importContainer({ container: 'old', service: 'c' });
  const writes = Promise.all([
    world.control.declare({ ...by, service: 'a', change: { kind: 'delete' } }),
    world.control.declare({ ...by, service: 'b', change: { kind: 'merge', fields: {} } }),
  ]);
  expect(await Promise.race([writes, givenUp])).toMatchObject([{ kind: 'deleted' }, {}]);
  expect([...world.written]).toEqual([
    ['api/a.yaml', undefined],
    ['api/b.yaml', 'after'],
  ]);
  answer();
  await importing;
  expect([...world.written.keys()]).toEqual(['api/a.yaml', 'api/b.yaml', 'c.yaml']);
  expect(world.store.requests()).toMatchObject([{ kind: 'remove', service: 'a' }]);
});
