import { AppError } from '../../src/errors.ts';
import { expect, test } from 'vitest';
import { createFakeControl, someStatus } from '../http/fake-control.ts';
import { createFakeDocuments } from './fake-documents.ts';
import { runCommand, serveManager } from './run-command.ts';

const FLEET = `# our fleet
apiVersion: mcp-manager/v1
services:
  echo: # says it again
    command: [node, echo.ts]
    labels: {team: search}
  other:
    command: [node, other.ts]
`;

const fleet = () => createFakeDocuments({ 'team/fleet.yaml': FLEET }, { managerId: 'blue' });

test('stop writes power off into the document, wakes the manager and says where', async () => {
  const documents = fleet();
  const control = createFakeControl();
  const { stateFolder } = await serveManager(control);
  const { code, out } = await runCommand('stop echo', { documents, stateFolder });
  expect(code).toBe(0);
  expect(out).toMatch(/^echo: power is off now \(desired\/team\/fleet\.yaml:\d\)\.\n$/);
  const text = documents.files.get('team/fleet.yaml') ?? '';
  expect(text).toContain('power: off');
  const [line] = /\d+(?=\)\.)/.exec(out) ?? [];
  expect(text.split('\n')[Number(line) - 1]).toContain('power: off');
  expect(control.calls.at(-1)).toEqual(['wake', ['echo']]);
});

test('stop and start leave every other byte as it was', async () => {
  const documents = fleet();
  await runCommand('stop echo', { documents });
  await runCommand('start echo', { documents });
  const text = documents.files.get('team/fleet.yaml') ?? '';
  expect(text.replace(/\n *power: "?on"?/, '')).toBe(FLEET);
});

test('start of what is on already changes nothing and says so', async () => {
  const documents = fleet();
  await runCommand('start echo', { documents });
  const before = documents.files.get('team/fleet.yaml');
  const { code, out } = await runCommand('start echo', { documents });
  expect(code).toBe(0);
  expect(out).toContain('power is on already');
  expect(documents.files.get('team/fleet.yaml')).toBe(before);
});

test('stop by label edits those that carry it', async () => {
  const documents = fleet();
  const { out } = await runCommand('stop -l team=search --json', { documents });
  expect(JSON.parse(out).edited).toMatchObject([{ service: 'echo', changed: true }]);
});

test.each(['stop', 'start', 'restart', 'pause'])(
  '%s without a name is refused, and never means everything',
  async (name) => {
    const control = createFakeControl();
    const { code, err } = await runCommand(name, { control });
    expect(code).toBe(1);
    expect(err).toContain('no service was named');
    expect(control.calls).toEqual([]);
  },
);

test('stop of an unknown service is answered with a near name', async () => {
  const { code, err } = await runCommand('stop ecko', { documents: fleet() });
  expect(code).toBe(1);
  expect(err).toContain('did you mean "echo"?');
});

test.each(['restart', 'pause', 'unpause'] as const)(
  '%s leaves one request per service',
  async (kind) => {
    const control = createFakeControl();
    const { stateFolder } = await serveManager(control);
    const { code, out } = await runCommand(`${kind} echo other`, { stateFolder });
    expect(code).toBe(0);
    expect(out).toContain('echo ');
    expect(control.calls.filter(([method]) => method !== 'health')).toEqual([
      ['ask', { kind, service: 'echo', by: 'ada@host' }],
      ['ask', { kind, service: 'other', by: 'ada@host' }],
    ]);
  },
);

test('restart by label asks for those that carry it', async () => {
  const control = createFakeControl({
    status: async () => ({
      services: [someStatus('echo'), someStatus('other', { labels: {} })],
      problems: [],
      leftAlone: [],
    }),
  });
  await runCommand('restart -l team=search', { control });
  expect(control.calls.filter(([method]) => method === 'ask')).toHaveLength(1);
});

test('remove asks first, leaves the request, then takes the service out of its document', async () => {
  const documents = fleet();
  let textWhenAsked: string | undefined;
  const control = createFakeControl({
    ask: async () => {
      textWhenAsked = documents.files.get('team/fleet.yaml');
    },
  });
  const { stateFolder } = await serveManager(control);
  const options = { stateFolder, documents, answers: ['yes'] };
  const { code, out } = await runCommand('remove echo', options);
  expect(code).toBe(0);
  expect(out).toContain('Remove echo? (yes/no)');
  expect(out).toContain('echo is removed (was in desired/team/fleet.yaml:');
  expect(textWhenAsked).toBe(FLEET);
  expect(documents.files.get('team/fleet.yaml')).not.toContain('echo.ts');
  expect(documents.files.get('team/fleet.yaml')).toContain('other:');
  expect(control.calls.filter(([method]) => method !== 'health')).toEqual([
    ['ask', { kind: 'remove', service: 'echo', volumes: false, by: 'ada@host' }],
    ['wake', ['echo']],
  ]);
});

test('forget leaves the request, then takes the service out of its document', async () => {
  const documents = fleet();
  const control = createFakeControl();
  const { code, out } = await runCommand('forget echo', { control, documents });
  expect(code).toBe(0);
  expect(out).toContain('echo is let go');
  expect(control.calls).toContainEqual([
    'ask',
    { kind: 'forget', service: 'echo', by: 'ada@host' },
  ]);
  expect(documents.files.get('team/fleet.yaml')).not.toContain('echo:');
});

test('on the process runtime forget is refused and changes nothing', async () => {
  const documents = fleet();
  const control = createFakeControl();
  const environment = { BACKEND_ENVIRONMENT: 'process' };
  const { code, err } = await runCommand('forget echo', { control, documents, environment });
  expect(code).toBe(1);
  expect(err).toContain('NOT_SUPPORTED a child process cannot outlive its manager');
  expect(control.calls.filter(([method]) => method === 'ask')).toEqual([]);
  expect(documents.files.get('team/fleet.yaml')).toBe(FLEET);
});

test('remove without a yes changes nothing', async () => {
  const documents = fleet();
  const control = createFakeControl();
  for (const answers of [['no'], []]) {
    const { code } = await runCommand('remove echo', { control, documents, answers });
    expect(code).toBe(1);
  }
  expect(control.calls).toEqual([]);
  expect(documents.files.get('team/fleet.yaml')).toBe(FLEET);
});

test('remove speaks of the data before it takes volumes too', async () => {
  const control = createFakeControl();
  const options = { control, documents: fleet(), answers: ['yes'] };
  const { out } = await runCommand('remove echo --volumes', options);
  expect(out).toContain('with all data in their volumes');
  expect(control.calls[0]).toMatchObject(['ask', { volumes: true }]);
});

test('on the process runtime without a manager nothing can be asked for, and run is named', async () => {
  const control = createFakeControl();
  const environment = { BACKEND_ENVIRONMENT: 'process' };
  const { code, err } = await runCommand('restart echo', { control, environment });
  expect(code).toBe(1);
  expect(err).toContain('mcp-manager run --runtime process');
  expect(control.calls).toEqual([]);
});

test('on the process runtime without a manager remove asks as ever, and then edits the document', async () => {
  const control = createFakeControl();
  const documents = fleet();
  const environment = { BACKEND_ENVIRONMENT: 'process' };
  const { code } = await runCommand('remove echo --yes', { control, documents, environment });
  expect(code).toBe(0);
  expect(documents.files.get('team/fleet.yaml')).not.toContain('echo.ts');
  const refusing = createFakeControl({
    ask: () => Promise.reject(new AppError('REFUSED', 'echo is protected')),
  });
  const held = { control: refusing, documents: fleet(), environment };
  expect((await runCommand('remove echo --yes', held)).err).toContain('echo is protected');
  expect(held.documents.files.get('team/fleet.yaml')).toBe(FLEET);
});

test.each([
  ['import old --as echo', 'it works on Podman'],
  ['update echo', 'works on Podman and Kubernetes'],
])('%s says on the process runtime where it works', async (line, words) => {
  const environment = { BACKEND_ENVIRONMENT: 'process' };
  const { code, err } = await runCommand(line, { environment });
  expect(code).toBe(1);
  expect(err).toContain('NOT_SUPPORTED');
  expect(err).toContain(words);
});

test('destroy is refused while a manager runs that would bring all back', async () => {
  const { stateFolder } = await serveManager(createFakeControl());
  const { code, err } = await runCommand('destroy', { stateFolder });
  expect(code).toBe(1);
  expect(err).toContain('would bring all back');
  const environment = { BACKEND_ENVIRONMENT: 'process' };
  expect((await runCommand('destroy', { environment })).out).toContain('Nothing is left running');
});

test('transfer asks the manager, and says where the service stands now', async () => {
  const control = createFakeControl();
  const { stateFolder } = await serveManager(control);
  const { code, out } = await runCommand('transfer echo --to api', { stateFolder });
  expect([code, out]).toEqual([0, 'echo belongs now to the API (api/echo.yaml).\n']);
  expect(control.calls.at(-1)).toMatchObject(['transfer', { service: 'echo', to: 'api' }]);
  const nobody = await runCommand('transfer echo --to nobody', { stateFolder });
  expect(nobody).toMatchObject({ code: 1, err: expect.stringMatching(/file, api, core/) });
});
