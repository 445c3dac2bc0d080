import { afterAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/cli/finding.ts';
import { startEngine } from '../../helpers/engine.ts';
import { createWorkplace } from '../../helpers/manager.ts';

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
    const asNobody = ['setpriv', '--reuid=65534', '--clear-groups'];
    const doctor = workplace.startIn(asNobody, 'doctor', '--json', '--runtime', 'podman');
    await doctor.exited;
    expect(socketOf(doctor.stdout())).toMatch(/belongs to another user$/);
    await engine.kill();
    const { code, stdout } = await workplace.cli('doctor', '--json', '--runtime', 'podman');
    expect(socketOf(stdout)).toMatch(/is there, but nobody serves it$/);
    expect(code).toBe(1);
    await engine.start();
  });
});

function socketOf(json: string): string | undefined {
  const findings: Finding[] = JSON.parse(json);
  return findings.find(({ topic }) => topic === 'socket')?.words;
}
