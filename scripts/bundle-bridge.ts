// Writes the bridge as one file that runs wherever Node does (`npm run bundle`); with `--check` it only says
// whether the one that is there is current.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Absolute path of that file. */
export const BUNDLE = `${ROOT}src/programs/bridge/bundle.gen.mjs`;

/** Its text; the same sources give the same text. */
async function bundleBridge(): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['src/programs/bridge/main.ts'],
    banner: {
      js: '// Made from src/programs/bridge by `npm run bundle`. Edit those, not this file.',
    },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    legalComments: 'none',
    logLevel: 'warning',
  });
  return outputFiles[0]?.text ?? '';
}

/** Whether the bundle on disk is what the sources say. */
export async function isBundleCurrent(): Promise<boolean> {
  const present = await readFile(BUNDLE, 'utf8').catch(() => '');
  return present === (await bundleBridge());
}

async function main(): Promise<void> {
  if (!process.argv.includes('--check')) {
    await writeFile(BUNDLE, await bundleBridge());
  } else if (!(await isBundleCurrent())) {
    console.error(`${BUNDLE} is not current. Run \`npm run bundle\` and commit the result.`);
    process.exitCode = 1;
  }
}

if (import.meta.main) await main();
