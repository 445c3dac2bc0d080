import { expect, test } from 'vitest';
import { createMemoryProber } from '../../src/adapters/memory/prober.ts';
import { createMemoryRuntime } from '../../src/adapters/memory/runtime.ts';
import { createDrafter } from '../../src/desired/draft-service.ts';
import { createChecks } from '../../src/desired/load.ts';
import { createImportControl } from '../../src/reconcile/control-import.ts';
import { fleet } from '../desired/load-texts.ts';
import { inputOf } from '../helpers/plan-input.ts';
import { wanted } from '../helpers/services.ts';
import { startWorld, type TestWorld } from '../helpers/world.ts';
import { running } from '../helpers/world-facts.ts';
import { fakeSecrets, openTexts, SETTINGS, toDocuments } from './declared-texts.ts';

const ID = 'a'.repeat(64);
const request = { container: 'old-echo', service: 'echo' };

function withForeign(
  facts: Parameters<TestWorld['runtime']['addForeign']>[0]['facts'] = {},
): TestWorld {
  const world = startWorld();
  world.runtime.addForeign({ id: ID, name: 'old-echo', facts });
  return world;
}

test('a draft shows the document and its plan, and nothing is written or touched', async () => {
  const world = withForeign({ env: { API_KEY: 'planted-1', LEVEL: 'info' } });
  const draft = await world.control.draftImport(request);
  expect(draft).toMatchObject({
    containerId: ID,
    containerName: 'old-echo',
    file: 'echo.yaml',
    secrets: [{ variable: 'API_KEY', reference: 'file:echo/API_KEY' }],
    plan: {
      changes: [{ service: 'echo', change: { actions: ['import'] } }],
      summary: { import: 1, create: 0 },
    },
  });
  expect(draft.text).toContain(`adopt: ${ID}`);
  expect(JSON.stringify(draft)).not.toContain('planted-1');
  expect(world.runtime.names()).toEqual(['old-echo']);
  expect(await world.states()).toEqual([]);
});

test('an import keeps the secrets and writes the document that was drafted', async () => {
  const world = withForeign({ env: { API_KEY: 'planted-1', LEVEL: 'info' } });
  const { text } = await world.control.draftImport(request);
  await world.control.importContainer(request);
  expect([...world.written]).toEqual([['echo.yaml', text]]);
  expect([...world.kept]).toEqual([['file:echo/API_KEY', 'planted-1']]);
});

test('an import that is refused keeps and writes nothing', async () => {
  const world = withForeign({ env: { API_KEY: 'planted-1' }, forbidden: ['it is privileged'] });
  await expect(world.control.importContainer(request)).rejects.toThrow('it is privileged');
  world.want([wanted('other')]);
  await running(world);
  const wish = { ...request, service: 'other' };
  await expect(world.control.importContainer(wish)).rejects.toThrow('the name other is in use');
  expect(world.written.size + world.kept.size).toBe(0);
});

test('what somebody declares while the container is looked at is declared once', async () => {
  const { files, documents } = openTexts({});
  const { runtime, world } = createMemoryRuntime();
  world.addForeign({ id: ID, name: 'old-echo', facts: { env: { API_KEY: 'planted-1' } } });
  const kept = new Map<string, string>();
  const { importContainer } = createImportControl({
    managerId: 'test',
    documents: toDocuments(documents),
    runtimes: new Map([['memory', runtime]]),
    secrets: fakeSecrets(kept),
    prober: createMemoryProber(),
    draft: createDrafter(SETTINGS, createChecks()),
    gatherFor: () => async () => inputOf(),
    wake: () => {},
    clock: Date.now,
  });
  const importing = importContainer((work) => {
    files.set('team.yaml', fleet('  echo: {image: x}\n'));
    return work();
  }, request);
  await expect(importing).rejects.toMatchObject({ code: 'REFUSED' });
  expect([[...files.keys()], kept.size]).toEqual([['team.yaml'], 0]);
});

test('the container is found by its id too', async () => {
  const world = withForeign();
  expect(await world.control.draftImport({ ...request, container: ID })).toMatchObject({
    containerName: 'old-echo',
  });
});

test('that nothing answers there yet is told, and no reason to refuse it', async () => {
  const world = withForeign({ lost: ['it restarts'] });
  world.prober.answer('echo', { outcome: 'failed', message: 'connection refused' });
  const { notes } = await world.control.draftImport(request);
  expect(notes).toEqual([
    'nothing answers MCP at its port 8000/mcp yet: connection refused',
    'it restarts',
    'it has no limit of memory, cpu, pids; then the default',
  ]);
});

test.each([
  ['is not there', { ...request, container: 'other' }, 'there is no container other'],
  ['has not all that a document needs', request, 'it is privileged'],
])('a container is refused that %s', async (_why, wish, words) => {
  const world = withForeign({ forbidden: ['it is privileged'] });
  await expect(world.control.draftImport(wish)).rejects.toThrow(words);
});

test('a container is refused that does not run, belongs to another manager, or is ours already', async () => {
  const world = withForeign();
  world.runtime.addForeign({ id: 'b', name: 'theirs', owner: 'blue' });
  const draft = (container: string) => world.control.draftImport({ container, service: 'x' });
  await expect(draft('theirs')).rejects.toThrow('belongs to the manager blue');
  world.runtime.exit('old-echo');
  await expect(draft('old-echo')).rejects.toThrow('does not run');
  world.want([wanted('mine')]);
  await running(world);
  await expect(draft(world.runtime.instances()[0]?.name ?? '')).rejects.toThrow('here already');
});

test('a name is refused that a service has, also one that no document names any more', async () => {
  const world = withForeign();
  world.want([wanted('echo', { protected: true })]);
  await running(world);
  world.want([]);
  await expect(world.control.draftImport(request)).rejects.toThrow('the name echo is in use');
});
