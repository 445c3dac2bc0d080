import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from './engine.ts';
import { PROGRAMS_IMAGE } from './image-store.ts';
import { copyRepository, type RepositoryCopy } from './repository-copy.ts';

/** A copy whose scripts reach this engine, and npm as this machine does. */
export function copyForPodman({ environment, socket }: Engine): Promise<RepositoryCopy> {
  const npm = Object.entries(process.env).filter(
    (entry): entry is [string, string] => NPM.test(entry[0]) && entry[1] !== undefined,
  );
  return copyRepository({
    npm_config_cache: join(homedir(), '.npm'),
    npm_config_userconfig: join(homedir(), '.npmrc'),
    ...Object.fromEntries(npm),
    ...environment,
    // Node is there already; what happens without is a test of the images' own.
    BASE: PROGRAMS_IMAGE,
    CONTAINER_HOST: `unix://${socket}`,
  });
}

const NPM = /^(npm_config_|NODE_EXTRA_CA_CERTS$|https?_proxy$)/i;
