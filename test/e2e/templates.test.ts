import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, test } from 'vitest';
import { createWorkplace, type ManagerProcess } from '../helpers/manager.ts';
import { USES, useReferenceServer } from '../helpers/reference-servers.ts';

// The reference servers, as services by template: npx finds the ones that lie beside the templates.
const TEMPLATES = fileURLToPath(new URL('../../templates', import.meta.url));
const place = createWorkplace(afterAll, { environment: { TEMPLATES_DIR: TEMPLATES } });
const root = join(place.folder, 'files');
let manager: ManagerProcess;

beforeAll(async () => {
  mkdirSync(root);
  place.declare('fleet.yaml', {
    everything: { template: 'everything' },
    filesystem: { template: 'filesystem', with: { root } },
    memory: {
      template: 'memory',
      env: { MEMORY_FILE_PATH: join(place.folder, 'memory.jsonl') },
    },
    'sequential-thinking': { template: 'sequential-thinking' },
  });
  manager = await place.run();
  const states = USES.map(({ name }) => [name, 'Running'] as const);
  await manager.until(Object.fromEntries(states), 90_000);
});

test.each(USES)('the template $name serves clients of the $era era', (use) =>
  useReferenceServer(manager, { ...use, root }),
);
