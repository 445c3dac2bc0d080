import { once } from 'node:events';
import { chmod, chown } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Finding } from '../../../src/cli/finding.ts';
import { startEngine } from '../../helpers/engine.ts';
import { createWorkplace } from '../../helpers/manager.ts';
import { startProgramIn } from '../../helpers/started-program.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';

describe('doctor', async () => {
  const engine = await startEngine(afterAll);
  const workplace = createWorkplace(afterAll);
  Object.assign(workplace.environment, { CONTAINER_HOST: `unix://${engine.socket}` });

  test('finds a real Podman by its socket and looks at how it is set up', async () => {
    const { code, stdout } = await workplace.cli('doctor', '--json');
    const findings: Finding[] = JSON.parse(stdout);
    expect(findings.find(({ topic }) => topic === 'runtime')).toMatchObject({
      verdict: 'good',
      words: `podman at ${engine.socket}, the first that answers`,
    });
    expect(findings.find(({ topic }) => topic === 'podman')?.words).toMatch(
      /^\d+\.\d+\.\d+, rootful: overlay, runc, netavark, cgroup v[12]$/,
    );
    expect(findings.filter(({ verdict }) => verdict === 'fault')).toEqual([]);
    expect(code).toBe(0);
  });

  test('tells a socket of another user from one that nobody serves', async () => {
    const doctor = workplace.startIn(AS_NOBODY, 'doctor', '--json', '--runtime', 'podman');
    await doctor.exited;
    expect(socketOf(doctor.stdout())).toMatch(/belongs to another user$/);
    await engine.kill();
    const { code, stdout } = await workplace.cli('doctor', '--json', '--runtime', 'podman');
    expect(socketOf(stdout)).toMatch(/is there, but nobody serves it$/);
    expect(code).toBe(1);
    await engine.start();
  });

  test.each(['socket', 'folder'])(
    'does not ask where a third user has put, or could put, another socket: their %s',
    async (theirs) => {
      const folder = await createTempFolder();
      const socket = join(folder, 'podman.sock');
      let asked = 0;
      const server = createServer((_request, response) => {
        asked += 1;
        response.writeHead(200, { 'libpod-api-version': '4.3.1' }).end();
      }).listen(socket);
      onTestFinished(() => void server.close());
      await once(server, 'listening');
      await Promise.all([chmod(folder, 0o755), chmod(socket, 0o777)]);
      await chown(theirs === 'socket' ? socket : folder, 4321, 4321);
      const environment = { ...workplace.environment, CONTAINER_HOST: `unix://${socket}` };
      const command = [...AS_NOBODY, process.execPath, 'src/main.ts', 'doctor', '--json'];
      const doctor = startProgramIn(process.cwd(), { command, environment });
      await doctor.exited;
      expect(socketOf(doctor.stdout())).toMatch(/belongs to another user$/);
      expect(asked).toBe(0);
    },
  );
});

const AS_NOBODY = ['setpriv', '--reuid=65534', '--clear-groups'];

function socketOf(json: string): string | undefined {
  const findings: Finding[] = JSON.parse(json);
  return findings.find(({ topic }) => topic === 'socket')?.words;
}
