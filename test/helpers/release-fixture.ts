import { chmodSync, cpSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { onTestFinished } from 'vitest';
import { createWorkplace, TINY, type Workplace } from './manager.ts';

const RELEASES = join(import.meta.dirname, '..', 'fixtures', 'releases');

/** A workplace as an earlier manager left it. */
export function createUpgraded(release: string, runtime: 'process' | 'podman'): Workplace {
  const place = createWorkplace(onTestFinished, { runtime });
  const fixture = join(RELEASES, release, runtime);
  mkdirSync(place.stateFolder, { recursive: true });
  cpSync(join(fixture, 'desired'), join(place.folder, 'desired'), { recursive: true });
  cpSync(TINY, place.path('tiny.mjs'));
  cpSync(join(fixture, 'state'), place.stateFolder, { recursive: true });
  chmodSync(join(place.stateFolder, 'secret-key'), 0o600);
  restoreDatabase(join(fixture, 'state.sql'), place);
  delete place.environment['MANAGER_ID'];
  place.environment['STATE_DIR'] = place.stateFolder;
  return place;
}

function restoreDatabase(dump: string, { folder, stateFolder }: Workplace): void {
  const database = new DatabaseSync(join(stateFolder, 'state.db'));
  database.exec(readFileSync(dump, 'utf8').replaceAll('/workplace', folder));
  database.close();
}

/** Where to ask what the engine of that release answered; everything else fails, and is told. */
export async function replayEngine(
  release: string,
): Promise<{ readonly socket: string; readonly missed: readonly string[] }> {
  const file = join(RELEASES, release, 'podman', 'engine.json');
  const answers = new Map(Object.entries<Recorded>(JSON.parse(readFileSync(file, 'utf8'))));
  const missed: string[] = [];
  const server = createServer(({ method = '', url = '' }, response) => {
    const found = method === 'GET' ? answers.get(url) : undefined;
    if (found === undefined) missed.push(`${method} ${url}`);
    response.writeHead(found?.status ?? 500, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(found?.body ?? { message: 'not recorded' }));
  });
  const socket = `/tmp/replay-${crypto.randomUUID().slice(0, 8)}.sock`;
  await once(server.listen(socket), 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { socket, missed };
}

interface Recorded {
  readonly status: number;
  readonly body: unknown;
}
