import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE = fileURLToPath(new URL('../../..', import.meta.url));
const PROGRAM = join('src', 'programs', 'router');
/** What the program has from outside its folder. */
const MODEL = [
  'access.ts',
  'address.ts',
  'host-name.ts',
  'remote.ts',
  'route.ts',
  'router-program.ts',
].map((name) => join('src', 'model', name));

/**
 * Names a router program: the same code, libraries, Node and settings give the same. Another version of
 * the manager may well have the same router.
 */
export async function fingerprintOf(settings: readonly string[]): Promise<string> {
  const own = (await readdir(join(PACKAGE, PROGRAM))).map((name) => join(PROGRAM, name));
  const files = [...own, ...MODEL].toSorted();
  const texts = await Promise.all(files.map((file) => readFile(join(PACKAGE, file), 'utf8')));
  const { dependencies }: { dependencies?: unknown } = JSON.parse(
    await readFile(join(PACKAGE, 'package.json'), 'utf8'),
  );
  const parts = [process.version, dependencies, settings, files, texts];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
