import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Finding } from '../../src/cli/finding.ts';
import type { EngineAnswer } from '../../src/model/engine.ts';
import { findFreePort } from '../helpers/free-port.ts';
import { createTempFolder } from '../helpers/temp-folder.ts';
import { createFakeControl } from '../http/fake-control.ts';
import { engineFacts } from './engine-facts.ts';
import { createFakeDocuments } from './fake-documents.ts';
import { runCommand, serveManager } from './run-command.ts';

test('doctor tells what was chosen, and each fault with its cure', async () => {
  const taken = await listen();
  const environment = {
    ROUTER_PORT: String(taken),
    REDIS_URL: `redis://127.0.0.1:${await findFreePort()}`,
    BACKEND_ENVIRONMENT: '',
  };
  const { code, out } = await runCommand('doctor', { environment });
  expect(code).toBe(1);
  expect(out).toMatch(/ok +node/);
  expect(out).toMatch(/fault runtime .*no runtime was chosen, and none was found/);
  expect(out).toContain(`port ${taken} is taken`);
  expect(out).toMatch(/note +redis .*does not answer/);
  expect(out).toContain('mend: free port');
});

test('doctor takes a port that the own router serves on for good', async () => {
  const environment = { ROUTER_PORT: String(await listen()) };
  const machine = { findRouter: async () => 4321 };
  const { out } = await runCommand('doctor', { environment, machine });
  expect(out).toMatch(/ok +router +embedded, port \d+; process 4321 serves on/);
});

test('doctor finds nothing wrong where nothing is', async () => {
  const folder = await createTempFolder();
  const { stateFolder } = await serveManager(createFakeControl());
  const documents = createFakeDocuments({}, { managerId: 'blue' });
  const environment = { REDIS_URL: `redis://127.0.0.1:${await listen()}` };
  const options = { environment, documents, stateFolder };
  const { code, out } = await runCommand(`doctor --json --templates ${folder}`, options);
  const findings: { readonly topic: string; readonly verdict: string }[] = JSON.parse(out);
  expect(findings.filter(({ verdict }) => verdict === 'fault')).toEqual([]);
  expect(code).toBe(0);
});

test('doctor finds a manager at fault that cannot do its work, and not one whose events wait', async () => {
  const troubles = ['Redis is away'];
  const health = async () => ({ ...(await createFakeControl().health()), troubles, harmless });
  let harmless: readonly string[] = troubles;
  const { stateFolder } = await serveManager(createFakeControl({ health }));
  expect((await runCommand('doctor', { stateFolder })).out).toMatch(
    /note +manager .*Redis is away/,
  );
  harmless = [];
  expect((await runCommand('doctor', { stateFolder })).out).toMatch(
    /fault +manager .*Redis is away/,
  );
});

test('doctor takes the runtime of the manager that runs for chosen', async () => {
  const { stateFolder } = await serveManager(createFakeControl());
  const environment = { BACKEND_ENVIRONMENT: '' };
  const { out } = await runCommand('doctor', { stateFolder, environment });
  expect(out).toMatch(/ok +runtime +memory, as the running manager chose/);
});

test('doctor says which Podman was chosen, what is beside it, and what it lacks', async () => {
  const asked: (string | undefined)[] = [];
  const machine = {
    askSocket: async (socket: string): Promise<EngineAnswer> =>
      ANSWERS[socket] ?? { kind: 'absent' },
    async gatherEngineFacts(socket: string | undefined) {
      asked.push(socket);
      return engineFacts({ tunDevice: 'closed' });
    },
  };
  const environment = { BACKEND_ENVIRONMENT: '' };
  const { code, out } = await runCommand('doctor', { environment, machine });
  expect(out).toMatch(
    /ok +runtime +podman at \/run\/podman\/podman.sock, the first that answers; beside it: docker at/,
  );
  expect(out).toMatch(/fault \/dev\/net\/tun +you may not open it\n +why: .*\n +mend: .*chmod/);
  expect(asked).toEqual(['/run/podman/podman.sock']);
  expect(code).toBe(1);
});

const ANSWERS: Readonly<Record<string, EngineAnswer>> = {
  '/run/podman/podman.sock': { kind: 'answers', engine: 'podman' },
  '/var/run/docker.sock': { kind: 'answers', engine: 'docker' },
};

const GONE: EngineAnswer = { kind: 'absent' };
const SILENT: EngineAnswer = { kind: 'silent', cause: 'nobody serves it' };
const USER = { userId: 1000, hasSystemd: true };
const ROOT = { userId: 0, hasSystemd: true };

test.each([
  { answer: GONE, as: USER, words: 'is not there', mend: 'systemctl --user enable --now' },
  { answer: GONE, as: ROOT, words: 'is not there', mend: 'systemctl enable --now podman.socket' },
  {
    answer: SILENT,
    as: { userId: 0, hasSystemd: false },
    words: 'is there, but nobody serves it',
    mend: 'podman system service --time=0 unix:///run/podman/podman.sock &',
  },
  {
    answer: { kind: 'denied' } as const,
    as: USER,
    words: 'belongs to another user',
    mend: 'run as that user',
  },
])('doctor says how a socket is mended that $words', async ({ answer, as, words, mend }) => {
  const machine = {
    userId: as.userId,
    askSocket: async () => answer,
    gatherEngineFacts: async () => engineFacts(as),
  };
  const environment = { BACKEND_ENVIRONMENT: 'podman' };
  const { code, out } = await runCommand('doctor --json', { environment, machine });
  const findings: Finding[] = JSON.parse(out);
  expect(findings.find(({ topic }) => topic === 'socket')).toMatchObject({
    verdict: 'fault',
    words: expect.stringContaining(words),
    mend: expect.stringContaining(mend),
  });
  expect(code).toBe(1);
});

test('doctor sees a state folder whose socket no system can hold', async () => {
  const stateFolder = join(await createTempFolder(), 'x'.repeat(100));
  const { out } = await runCommand('doctor', { stateFolder });
  expect(out).toMatch(/fault state .*at most 107/);
});

function listen(): Promise<number> {
  const server = createServer();
  onTestFinished(() => void server.close());
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
}
