import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { readLimitsInForce } from '../../../src/adapters/podman/limits-in-force.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';

const GROUP = '/machine/one';

test.each([
  [
    'cgroup v1',
    {
      'memory/machine/one/memory.limit_in_bytes': '67108864\n',
      'cpu/machine/one/cpu.cfs_quota_us': '25000\n',
      'pids/machine/one/pids.max': '64\n',
    },
    { memoryBytes: 67_108_864, cpu: 0.25, pids: 64 },
  ],
  [
    'cgroup v2',
    {
      'machine/one/memory.max': '67108864\n',
      'machine/one/cpu.max': '25000 100000\n',
      'machine/one/pids.max': '64\n',
    },
    { memoryBytes: 67_108_864, cpu: 0.25, pids: 64 },
  ],
  [
    'no limits at all',
    {
      'machine/one/memory.max': 'max\n',
      'machine/one/cpu.max': 'max 100000\n',
      'machine/one/pids.max': 'max\n',
    },
    { memoryBytes: Infinity, cpu: Infinity, pids: Infinity },
  ],
  ['what cannot be seen from here', {}, {}],
])('the kernel tells the limits: %s', async (_name, files, limits) => {
  const root = await createTempFolder();
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
  expect(await readLimitsInForce(GROUP, root)).toEqual(limits);
});

test('one that does not run has none', async () => {
  expect(await readLimitsInForce('', '/')).toEqual({});
});
