import type { Engine } from './engine.ts';
import { buildImage } from './build-image.ts';
import { PROGRAMS_IMAGE } from './image-store.ts';

/** What the samples import, with all that this imports. */
const PACKAGES = [
  '@modelcontextprotocol/core',
  '@modelcontextprotocol/node',
  '@modelcontextprotocol/server',
  '@hono/node-server',
  'hono',
  'zod',
];

/** The images of the sample templates as scripts/build-images.sh makes them, without any network. */
export async function buildSample(engine: Engine, template: string, image: string): Promise<void> {
  const names = PACKAGES.map((name) => [name.replace('/', '-'), name] as const);
  await buildImage(engine, image, {
    dockerfile: [
      `FROM ${PROGRAMS_IMAGE}`,
      'WORKDIR /app',
      'COPY source ./',
      ...names.map(([folder, name]) => `COPY ${folder} node_modules/${name}`),
      'ENV HOST=0.0.0.0',
      'CMD ["node", "server.ts"]',
    ],
    files: {
      source: `templates/${template}`,
      ...Object.fromEntries(names.map(([folder, name]) => [folder, `node_modules/${name}`])),
    },
  });
}
