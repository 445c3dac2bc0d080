import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A fresh folder of this test's own; removed when the test ends, also when it fails. */
export async function createTempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-manager-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
