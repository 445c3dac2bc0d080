import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll } from 'vitest';
import { buildImage } from '../../helpers/build-image.ts';
import { startEngine } from '../../helpers/engine.ts';
import { PROGRAMS_IMAGE } from '../../helpers/image-store.ts';
import { createWorkplace, type Workplace } from '../../helpers/manager.ts';
import { startTraefik } from '../../helpers/traefik.ts';
import { describeMatrix } from '../describe-matrix.ts';

// Every kind of client with every kind of server, where servers are containers.
const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures', 'mcp');
const IMAGE = 'localhost/mcp-test/matrix:1';

const engine = await startEngine(afterAll);
const { environment: byTraefik } = await startTraefik(afterAll);

beforeAll(async () => {
  const http = join(engine.folder, 'http');
  await bundle(http);
  await buildImage(engine, IMAGE, {
    dockerfile: [`FROM ${PROGRAMS_IMAGE}`, 'COPY stdio /stdio', 'COPY http /http'],
    files: { stdio: join(FIXTURES, 'stdio'), http },
  });
});

describeMatrix(
  { embedded: openPlace(), Traefik: openPlace(byTraefik) },
  {
    'stdio legacy': overStdio('legacy'),
    'stdio modern': overStdio('modern'),
    'HTTP legacy': { image: IMAGE, command: ['node', '/http/legacy.cjs'] },
    'HTTP modern': { image: IMAGE, command: ['node', '/http/modern.cjs'] },
  },
);

function openPlace(environment: Readonly<Record<string, string>> = {}): Workplace {
  const socket = { CONTAINER_HOST: `unix://${engine.socket}` };
  return createWorkplace(afterAll, {
    runtime: 'podman',
    environment: { ...socket, ...environment },
  });
}

function overStdio(era: string): object {
  return { image: IMAGE, transport: 'stdio', command: ['node', '/stdio/server.ts', era] };
}

/** Each HTTP server as one file: the image has no libraries. */
async function bundle(folder: string): Promise<void> {
  await build({
    entryPoints: ['legacy', 'modern'].map((era) => join(FIXTURES, 'http', `${era}.ts`)),
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    logLevel: 'warning',
  });
}
