// Bundles the bridge into one file that runs wherever Node does: `npm run bundle`, or with the path to write to.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Writes the bridge to a file; the same sources give the same bytes. */
export async function bundleBridge(file: string): Promise<void> {
  await build({
    entryPoints: [`${ROOT}src/programs/bridge/main.ts`],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    legalComments: 'none',
    logLevel: 'warning',
  });
}

if (import.meta.main) await bundleBridge(process.argv[2] ?? `${ROOT}dist/bridge.mjs`);
