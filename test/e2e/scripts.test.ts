import { execFileSync } from 'node:child_process';
import { chmod, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { markedProcesses } from '../helpers/marked-processes.ts';
import { copyRepository, type RepositoryCopy } from '../helpers/repository-copy.ts';
import { openShell } from '../helpers/shell.ts';
import { createTempFolder } from '../helpers/temp-folder.ts';

describe('start.sh and stop.sh', () => {
  test('start, say that it runs, and leave nothing, from any folder and as often as one likes', async () => {
    const copy = await copyRepository();
    const shell = openShell(copy);
    const scripts = join(copy.folder, 'scripts');
    const started = await shell.run(`cd / && ${scripts}/start.sh`);
    expect(started).toMatchObject({ code: 0 });
    expect(started.output).toMatch(/echo +Running[^]*notes +Running/);
    expect(started.output).toContain(`http://127.0.0.1:${copy.routerPort}/mcp/echo`);
    const managerId = await readManagerId(copy);
    expect(markedProcesses(`${managerId}/`)).not.toEqual([]);

    const again = await shell.run(`${scripts}/start.sh`);
    expect(again).toMatchObject({ code: 0 });
    expect(again.output).toContain('The manager runs already.');

    expect(await shell.run(`${scripts}/stop.sh`)).toMatchObject({ code: 0 });
    expect(markedProcesses(`${managerId}/`)).toEqual([]);
    expect(await isListening(copy.routerPort)).toBe(false);
    const twice = await shell.run(`${scripts}/stop.sh`);
    expect(twice).toMatchObject({ code: 0 });
    expect(twice.output).toContain('No manager is running.');
  });

  test('they are about this machine, also where the variable names a manager elsewhere', async () => {
    const copy = await copyRepository();
    const shell = openShell(copy);
    const elsewhere = 'MCP_MANAGER_SERVER=http://127.0.0.1:1';
    const started = await shell.run(`${elsewhere} ./scripts/start.sh --approve`);
    expect(started).toMatchObject({ code: 0 });
    const ended = await shell.run(`${elsewhere} ./scripts/stop.sh`);
    expect(ended.output).toContain('has ended, and all its services with it');
  });

  test('with --approve nothing is done before apply', async () => {
    const copy = await copyRepository();
    const shell = openShell(copy);
    const started = await shell.run('./scripts/start.sh --approve');
    expect(started).toMatchObject({ code: 0 });
    expect(started.output).toContain('Plan: 2 to create');
    expect(started.output).toContain('Nothing of this is done yet');
    const managerId = await readManagerId(copy);
    expect(markedProcesses(`${managerId}/`)).toEqual([]);
    const applied = await shell.run('./scripts/mcp-manager apply --auto-approve');
    expect(applied).toMatchObject({ code: 0 });
    expect(markedProcesses(`${managerId}/`)).not.toEqual([]);
  });

  test('a state folder that is named by a flag holds everything', async () => {
    const copy = await copyRepository();
    const shell = openShell(copy);
    const folder = await createTempFolder();
    expect(await shell.run(`./scripts/start.sh --state-dir ${folder}`)).toMatchObject({ code: 0 });
    expect(await readFile(join(folder, 'manager.log'), 'utf8')).toContain('is ready');
    expect(await shell.run(`./scripts/stop.sh --state-dir ${folder}`)).toMatchObject({ code: 0 });
    expect(markedProcesses(`${await readManagerId(copy)}/`)).toEqual([]);
  });

  test('a manager that cannot start is told with the end of its log', async () => {
    const copy = await copyRepository();
    const { code, output } = await openShell(copy).run('LOG_LEVEL=loud ./scripts/start.sh');
    expect(code).toBe(1);
    expect(output).toContain('CONFIG_INVALID');
    expect(output).toContain('LOG_LEVEL="loud"');
  });

  test('a service that does not come up is told, and the exit code says so', async () => {
    const copy = await copyRepository();
    const shell = openShell(copy);
    await writeFile(
      join(copy.folder, 'desired', 'broken.yaml'),
      'apiVersion: mcp-manager/v1\nservices:\n  broken: {command: [no-such-program]}\n',
    );
    const { code, output } = await shell.run('./scripts/start.sh');
    expect(code).not.toBe(0);
    expect(output).toMatch(/broken +Failed/);
    expect(output).toContain('no-such-program');
    expect(output).toMatch(/echo +Running/);
    expect(await shell.run('./scripts/stop.sh')).toMatchObject({ code: 0 });
  });
});

describe('without what they need, the scripts say what is missing', () => {
  test.each([
    { has: ['npm'], says: 'Node is missing' },
    { has: ['node'], says: 'npm is missing' },
  ])('with only $has: $says', async ({ has, says }) => {
    const copy = await copyRepository();
    const shell = openShell(copy);
    await makeStale(copy);
    const { code, output } = await shell.run(`PATH=${await makePath(has)} ./scripts/start.sh`);
    expect(code).toBe(1);
    expect(output).toContain(says);
  });

  test('a Node that is too old to fetch the packages', async () => {
    const copy = await copyRepository();
    const shell = openShell(copy);
    await makeStale(copy);
    const folder = await makePath(['npm']);
    await writeFile(
      join(folder, 'node'),
      '#!/bin/sh\ncase $1 in -p) echo false;; *) echo v16.0.0;; esac\n',
    );
    await chmod(join(folder, 'node'), 0o755);
    const { code, output } = await shell.run(`PATH=${folder} ./scripts/start.sh`);
    expect(code).toBe(1);
    expect(output).toContain('Node v16.0.0 is too old');
  });

  test('a manager, for the scripts that ask its services', async () => {
    const { code, output } = await openShell(await copyRepository()).run('./scripts/test-echo.sh');
    expect(code).toBe(1);
    expect(output).toContain('./scripts/start.sh first');
  });

  test('a container engine, for the images', async () => {
    const copy = await copyRepository();
    const shell = openShell(copy);
    const { code, output } = await shell.run(
      `PATH=${await makePath([])} ./scripts/build-images.sh`,
    );
    expect(code).toBe(1);
    expect(output).toContain('no container engine');
  });
});

/** The id that the first start wrote. */
async function readManagerId({ folder }: RepositoryCopy): Promise<string> {
  const text = await readFile(join(folder, 'desired', '.mcp-manager.json'), 'utf8');
  const { managerId }: { managerId: string } = JSON.parse(text);
  return managerId;
}

/** As if package-lock.json had changed since the packages were installed; until the end of the test. */
async function makeStale({ folder }: RepositoryCopy): Promise<void> {
  const stamp = join(folder, 'node_modules', '.installed-package-lock.json');
  const installed = await readFile(stamp, 'utf8');
  await writeFile(stamp, '{}');
  onTestFinished(() => writeFile(stamp, installed));
}

/** A PATH with the usual tools and only these of Node's; what stands here is never really called. */
async function makePath(names: readonly string[]): Promise<string> {
  const folder = await createTempFolder();
  const tools = ['bash', 'dirname', 'cmp', 'readlink', 'cat', 'env'];
  for (const name of [...tools, ...names]) {
    const path = execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
    await symlink(path, join(folder, name));
  }
  return folder;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(true));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(false)));
  });
}
