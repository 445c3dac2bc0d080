import { mkdir, writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/cli/finding.ts';
import { createSocketClient } from '../../../src/cli/socket-client.ts';
import type { Control } from '../../../src/control.ts';
import { startEngine } from '../../helpers/engine.ts';
import { eventually } from '../../helpers/eventually.ts';
import { PROGRAMS_IMAGE } from '../../helpers/image-store.ts';
import { toDocument } from '../../helpers/manager.ts';
import { createRootlessUser } from '../../helpers/rootless-user.ts';
import { callTool, connectClient } from '../../helpers/sdk-client.ts';
import { startProgramIn, type StartedProgram } from '../../helpers/started-program.ts';

const ENVIRONMENT = [
  'MANAGER_ID=rootless',
  'ROUTER_PORT=0',
  'LOG_FORMAT=text',
  // Open to everybody who reaches the machine, but to no service.
  'SERVER_HOST=0.0.0.0',
  'SERVER_PORT=0',
  'AUTH_MODE=off',
];
const STATE = join('.local', 'state', 'mcp-manager', 'rootless');

describe('as a normal user', async () => {
  const user = await createRootlessUser(afterAll);
  const started: StartedProgram[] = [];
  afterAll(async () => {
    for (const program of started.toReversed()) await program.end();
  });

  function start(...command: readonly string[]): StartedProgram {
    const program = startProgramIn(user.home, {
      command: [...user.prefix, ...command],
      environment: { PATH: process.env['PATH'] ?? '' },
    });
    started.push(program);
    return program;
  }
  const cli = (...args: readonly string[]) => user.run(...ENVIRONMENT, ...user.manager, ...args);

  test('doctor says how the socket is started, and what Podman cannot limit', async () => {
    const found = await user.run('sh', '-c', `${user.manager.join(' ')} doctor --json || true`);
    const findings: Finding[] = JSON.parse(found);
    const faults = findings.filter(({ verdict }) => verdict === 'fault');
    expect(faults.map(({ topic }) => topic)).toEqual(['documents', 'runtime', 'socket']);
    expect(faults.at(-1)?.words).toBe(`${user.socket} is not there`);
    expect(findings.find(({ topic }) => topic === 'podman')?.words).toContain('rootless: overlay');
  });

  describe('a manager', () => {
    let manager: StartedProgram;
    let control: Control;
    beforeAll(async () => {
      await loadPrograms();
      start('podman', 'system', 'service', '--time=0', `unix://${user.socket}`);
      await declare();
      manager = start(...ENVIRONMENT, ...user.manager, 'run');
      await manager.said(/is ready: runtime podman/);
      control = createSocketClient(join(user.home, STATE, 'api.sock'));
      await eventually(requireRunning, 60_000);
    });

    test('serves services, also one that reaches nothing outside, and one behind the bridge', async () => {
      for (const { name, url = '' } of (await control.status()).services) {
        const client = await connectClient(url, name === 'spoken' ? 'modern' : 'legacy');
        expect(await callTool(client, 'say')).toBe('hello');
      }
      const routes = await inside('shut', 'fs.readFileSync("/proc/net/route", "utf8")');
      expect(routes).not.toMatch(/^\S+\s+00000000/m);
      expect(await inside('tiny', 'fs.readFileSync("/proc/net/route", "utf8")')).toMatch(
        /^\S+\s+00000000/m,
      );
    });

    test('refuses its API to services, by every address of the machine', async () => {
      const [, port = ''] = /The API is at \S+:(\d+)/.exec(manager.stdout()) ?? [];
      const statuses = await Promise.all(
        hostAddresses().map((host) => askFrom('tiny', `http://${host}:${port}/v1/services`)),
      );
      expect((await fetch(`http://127.0.0.1:${port}/v1/services`)).status).toBe(200);
      expect(statuses).toContain('403');
      for (const status of statuses) expect(['403', 'no answer']).toContain(status);
    });

    test('says once what cannot be limited, and takes it for no drift', async () => {
      expect(manager.stderr().match(/cannot limit/g)).toHaveLength(1);
      expect(await cli('plan', '--detailed-exitcode')).toContain('No changes');
    });

    test('brings back what was killed', async () => {
      await user.run('podman', 'kill', await containerOf('tiny'));
      await eventually(async () => {
        const events = await cli('events', '--service', 'tiny');
        expect(events).toMatch(/tiny service\.failed[^]*tiny service\.verified/);
      }, 30_000);
      await eventually(requireRunning);
    });

    async function requireRunning(): Promise<void> {
      const { services } = await control.status();
      const states = services.map(({ name, state, cause }) => [name, state, cause ?? '']);
      expect(states).toEqual([
        ['shut', 'Running', ''],
        ['spoken', 'Running', ''],
        ['tiny', 'Running', ''],
      ]);
    }
  });

  async function loadPrograms(): Promise<void> {
    const { podman } = await startEngine(afterAll);
    const archive = join(user.home, 'programs.tar');
    await podman('save', '--quiet', '--output', archive, PROGRAMS_IMAGE);
    await user.run('podman', 'load', '--quiet', '--input', archive);
  }

  async function declare(): Promise<void> {
    const folder = join(user.home, 'desired');
    await mkdir(folder);
    const tiny = { image: PROGRAMS_IMAGE, command: ['node', '/programs/tiny.mjs'] };
    const shut = { ...tiny, network: { egress: 'none' } };
    const spoken = { ...tiny, command: [...tiny.command, 'stdio'], transport: 'stdio' };
    await writeFile(join(folder, 'fleet.yaml'), toDocument({ tiny, shut, spoken }));
  }

  const containerOf = (service: string): Promise<string> =>
    user.run('podman', 'ps', '--quiet', '--filter', `name=^mcp-${service}-`);

  /** The status that a program in the service gets; it may call the machine by any name. */
  async function askFrom(service: string, url: string): Promise<string> {
    const script = `fetch("${url}", { signal: AbortSignal.timeout(5000) })
      .then(({ status }) => console.log(status), () => console.log("no answer"))`;
    return user.run('podman', 'exec', await containerOf(service), 'node', '-e', script);
  }

  async function inside(service: string, script: string): Promise<string> {
    return user.run('podman', 'exec', await containerOf(service), 'node', '-p', script);
  }
});

/** As a service may know the machine: by name, by the gateway of rootless networks, by its own addresses. */
function hostAddresses(): readonly string[] {
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address);
  return [...new Set(['host.containers.internal', '10.0.2.2', ...own])];
}
