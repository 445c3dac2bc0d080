import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createWorkplace, tiny, type Workplace } from '../helpers/manager.ts';

const LOOKS = [['plan'], ['status'], ['history']] as const;

test('commands that only look write nothing: before the first manager, and between two', async () => {
  const place = createWorkplace(onTestFinished);
  place.environment['MCP_SECRET_TOKEN'] = 'planted-value';
  const secret = { TOKEN: { secret: 'env:MCP_SECRET_TOKEN' } };
  place.declare('fleet.yaml', { one: tiny([], { env: secret }) });
  await expectUntouched(place);
  const manager = await place.run();
  await manager.until({ one: 'Running' });
  manager.kill('SIGKILL');
  await manager.exited;
  // What the killed one had not written into its file yet is written by the first that opens it.
  await place.cli('history', '--runtime', 'process');
  await expectUntouched(place);
});

async function expectUntouched(place: Workplace): Promise<void> {
  const before = fingerprint(place.folder);
  for (const line of LOOKS) {
    await place.cli(...line, '--runtime', 'process');
    expect(fingerprint(place.folder), line.join(' ')).toEqual(before);
  }
}

/** Every file below the folder with its content. */
function fingerprint(folder: string): readonly string[] {
  return globSync('**/{*,.*}', { cwd: folder })
    .filter((name) => statSync(join(folder, name)).isFile())
    .map((name) => `${name} ${digestOf(join(folder, name))}`)
    .toSorted();
}

function digestOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 12);
}
