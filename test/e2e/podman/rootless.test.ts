import { afterAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/cli/finding.ts';
import { createRootlessUser } from '../../helpers/rootless-user.ts';

describe('as a normal user', async () => {
  const user = await createRootlessUser(afterAll);

  test('doctor says how the socket is started, and what Podman cannot limit', async () => {
    const found = await user.run('sh', '-c', `${user.manager.join(' ')} doctor --json || true`);
    const findings: Finding[] = JSON.parse(found);
    const faults = findings.filter(({ verdict }) => verdict === 'fault');
    expect(faults.map(({ topic }) => topic)).toEqual(['documents', 'runtime', 'socket']);
    expect(faults.at(-1)?.words).toBe(`${user.socket} is not there`);
    expect(findings.find(({ topic }) => topic === 'podman')?.words).toContain('rootless: overlay');
  });
});
