import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import type { NewToken } from '../../src/access-ports.ts';
import { AppError } from '../../src/errors.ts';
import type { Control } from '../../src/control.ts';
import { findFreePort } from '../helpers/free-port.ts';
import { createTempFolder } from '../helpers/temp-folder.ts';
import { createFakeControl, someHealth } from '../http/fake-control.ts';
import { createSharedControl, serveGuarded } from '../http/guarded-app.ts';
import { createFakeDocuments } from './fake-documents.ts';
import { runCommand, type CommandOptions } from './run-command.ts';

/** A manager elsewhere, with a token for it in a file. */
async function serve(
  wanted: Partial<NewToken> = { role: 'admin' },
  replaced: Partial<Control> = {},
) {
  const control = createSharedControl(replaced);
  const served = await serveGuarded({ control });
  const tokenFile = await keepToken(await served.makeToken(wanted));
  const run = (line: string, options?: CommandOptions) =>
    runCommand(`${line} --server ${served.url} --token-file ${tokenFile}`, options);
  return { ...served, run, tokenFile };
}

async function keepToken(token: string): Promise<string> {
  const file = join(await createTempFolder(), 'token');
  await writeFile(file, `${token}\n`);
  return file;
}

test.each([
  ['status', 'echo'],
  ['get echo', 'echo'],
  ['plan', 'No changes'],
  ['events', 'service.started'],
  ['history', 'create'],
  ['logs echo', 'hello'],
  ['tools echo', 'echo'],
  ['call echo echo', 'hi'],
  ['restart echo', 'echo'],
  ['pause echo', 'echo'],
  ['unpause echo', 'echo'],
  ['rollback echo', 'echo'],
  ['stop echo', 'power is off now (api/echo.yaml)'],
  ['start echo', 'power is on now (api/echo.yaml)'],
  ['remove echo --yes', 'was in api/echo.yaml'],
  ['forget echo', 'is let go'],
  ['update', 'No service is made from an image'],
  ['diff', 'No differences'],
  ['lock', 'echo: 1 tool approved.\nReview and commit tools.lock.yaml, where the manager runs.'],
  ['lock echo', 'echo: 1 tool approved.'],
  ['import old-echo --as echo --auto-approve', '\necho.yaml is written.'],
  ['transfer echo --to api', 'belongs now to the API'],
  ['health', 'Manager blue'],
  ['apply --auto-approve', 'echo'],
])('%s works on a manager elsewhere', async (line, shown) => {
  const { run } = await serve();
  const { out, err, code } = await run(line);
  expect(out + err).toContain(shown);
  expect(code).toBe(0);
});

test('the address and the file of the token can stand in the environment', async () => {
  const { url, tokenFile } = await serve();
  const environment = { MCP_MANAGER_SERVER: url, MCP_MANAGER_TOKEN_FILE: tokenFile };
  expect((await runCommand('status', { environment })).out).toContain('echo');
});

test('nothing here is asked or needed', async () => {
  const { run } = await serve();
  const environment = { SERVER_PORT: 'nonsense' };
  expect((await run('status', { environment })).code).toBe(0);
});

test('who may see one workspace alone sees its services', async () => {
  const { run } = await serve({ role: 'read', workspace: 'w1' });
  const { out, code } = await run('status');
  expect(code).toBe(0);
  expect(out).toContain('echo');
  expect(out).not.toContain('other');
});

test.each(['init', 'validate', 'schema desired', 'run', 'doctor', 'token list', 'destroy'])(
  '%s says that it works here, and does nothing',
  async (line) => {
    const { run } = await serve();
    const { err, code } = await run(line);
    expect(err).toContain(`\`${line.split(' ')[0]}\` takes no --server: `);
    expect(code).not.toBe(0);
  },
);

const FLEET = 'apiVersion: mcp-manager/v1\nservices:\n  echo:\n    image: x\n';

test.each(['destroy --yes', 'token list'])(
  '%s does nothing here while the variable names a manager elsewhere',
  async (line) => {
    const { url, tokenFile } = await serve();
    const environment = { MCP_MANAGER_SERVER: url, MCP_MANAGER_TOKEN_FILE: tokenFile };
    const control = createFakeControl();
    const documents = createFakeDocuments({ 'fleet.yaml': FLEET });
    const { err, code } = await runCommand(line, { environment, control, documents });
    expect(err).toContain('REFUSED MCP_MANAGER_SERVER names a manager elsewhere');
    expect(err).toContain("--server ''");
    expect(code).toBe(1);
    expect(control.calls).toEqual([]);
    expect([...documents.files]).toEqual([['fleet.yaml', FLEET]]);
  },
);

test('an empty address means the fleet of this machine', async () => {
  const environment = { MCP_MANAGER_SERVER: 'http://127.0.0.1:1' };
  for (const line of ['token list', 'status']) {
    expect((await runCommand(`${line} --server=`, { environment })).err).not.toContain('Error');
  }
});

test.each(['init', 'validate', 'schema desired', 'run', 'doctor'])(
  '%s is no matter of the manager that the variable names',
  async (line) => {
    const DESIRED_DIR = await createTempFolder();
    const environment = { MCP_MANAGER_SERVER: 'http://127.0.0.1:1', DESIRED_DIR };
    const documents = createFakeDocuments({}, { managerId: 'blue' });
    const { err } = await runCommand(line, { environment, documents });
    expect(err).not.toContain('REFUSED');
  },
);

test('doctor says that others ask elsewhere', async () => {
  const environment = { MCP_MANAGER_SERVER: 'http://127.0.0.1:1' };
  const { out } = await runCommand('doctor', { environment });
  expect(out).toContain('MCP_MANAGER_SERVER names a manager elsewhere');
});

test('forget, remove, lock and import write the documents there, and none here', async () => {
  const control = createFakeControl();
  const { run } = await serve({ role: 'admin' }, control);
  const documents = createFakeDocuments({ 'fleet.yaml': FLEET });
  for (const line of [
    'forget echo',
    'remove echo --yes',
    'lock',
    'import old --as old --auto-approve',
  ]) {
    expect((await run(line, { documents })).code).toBe(0);
  }
  expect([...documents.files]).toEqual([['fleet.yaml', FLEET]]);
  const methods = control.calls.map(([method]) => method);
  const one = ['declared', 'declare', 'ask', 'declare'];
  expect(methods.filter((name) => one.includes(name))).toEqual([...one, ...one]);
});

test('stop edits nothing here, whatever the manager elsewhere says', async () => {
  const { run } = await serve(
    { role: 'admin' },
    { health: () => Promise.reject(new AppError('NOT_SUPPORTED', 'not here')) },
  );
  const documents = createFakeDocuments({ 'fleet.yaml': FLEET });
  const { err, code } = await run('stop echo', { documents });
  expect(err).toContain('NOT_SUPPORTED not here');
  expect(code).toBe(1);
  expect([...documents.files]).toEqual([['fleet.yaml', FLEET]]);
});

test('a token that is not known is told as that', async () => {
  const { url } = await serve();
  const file = await keepToken('mcpm_nobody');
  const { err, code } = await runCommand(`status --server ${url} --token-file ${file}`);
  expect(err).toMatch(/^Error: UNAUTHENTICATED the token is not known here/);
  expect(err).not.toContain('mcpm_nobody');
  expect(code).toBe(1);
});

test('without a token one is asked for', async () => {
  const { url } = await serve();
  expect((await runCommand(`status --server ${url}`)).err).toContain('this takes a token');
});

test('where nobody answers, the address is told, and what to look at', async () => {
  const port = await findFreePort();
  const { err, code } = await runCommand(`status --server http://127.0.0.1:${port}`);
  expect(err).toContain(`MANAGER_UNREACHABLE no manager answers at http://127.0.0.1:${port}`);
  expect(code).toBe(1);
});

test('a certificate of nobody who is known is told as that', async () => {
  const tls = {
    key: readFileSync('test/fixtures/tls/mcp.test.key.pem'),
    cert: readFileSync('test/fixtures/tls/mcp.test.cert.pem'),
  };
  const server = createServer(tls).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const { err } = await runCommand(`status --server https://127.0.0.1:${port}`);
  expect(err).toContain(`https://127.0.0.1:${port} is not trusted`);
  expect(err).toContain('NODE_EXTRA_CA_CERTS');
});

test.each([
  ['ftp://x', 'no address of a manager'],
  ['nonsense', 'no address of a manager'],
  ['http://user:secret@127.0.0.1:1', 'no address of a manager'],
])('%s is refused', async (url, told) => {
  const { err } = await runCommand(`status --server ${url}`);
  expect(err).toContain(told);
  expect(err).not.toContain('secret');
});

test.each(['two words', '', 'line\nline'])('a file with %j is no token', async (text) => {
  const file = await keepToken(text);
  const { err } = await runCommand(`status --server http://127.0.0.1:1 --token-file ${file}`);
  expect(err).toContain('holds no token');
});

test('another version is told', async () => {
  const { run } = await serve(
    { role: 'admin' },
    { health: async () => someHealth({ version: '9.9.9' }) },
  );
  const { err } = await run('status');
  expect(err).toContain('the manager is 9.9.9, this program 1.2.3');
});

test('a service of people is not removed by halves', async () => {
  const asked: unknown[] = [];
  const { run } = await serve(
    { role: 'admin' },
    {
      ask: async (command) => void asked.push(command),
      declare: () =>
        Promise.reject(new AppError('DECLARED_ELSEWHERE', 'echo is written in echo.yaml:3')),
    },
  );
  const { err } = await run('remove echo --yes');
  expect(err).toContain('DECLARED_ELSEWHERE echo is written in echo.yaml:3');
  expect(asked).toEqual([]);
});
