import { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { orAbsent } from './engine-error.ts';
import type { Scene } from './scene.ts';

/** A file of 130 MB over a slow line to a remote engine. */
const PUT_MS = 600_000;

/** Unpacks an archive in a folder of a container, which need not run: also in what is mounted there. */
export async function putArchive(
  { engine, signal }: Scene,
  { container, folder }: { readonly container: string; readonly folder: string },
  archive: Readable,
): Promise<void> {
  try {
    await engine.docker(
      { signal, what: `copy to ${folder} of ${container}`, deadlineMs: PUT_MS },
      (docker, abortSignal) =>
        docker
          .getContainer(container)
          .putArchive(archive, Object.assign({}, { path: folder, abortSignal })),
    );
  } finally {
    archive.destroy();
  }
}

/** Bytes of one file in a container, which need not run; undefined when it is not there. */
export async function readFileSize(
  { engine, signal }: Scene,
  container: string,
  path: string,
): Promise<number | undefined> {
  const call = { signal, what: `look at ${path} of ${container}`, idempotent: true } as const;
  const asking = engine.docker(call, (docker, abortSignal) =>
    docker.getContainer(container).infoArchive(Object.assign({}, { path, abortSignal })),
  );
  const answer: unknown = await orAbsent(asking);
  if (!(answer instanceof IncomingMessage)) return undefined;
  answer.resume();
  const stat: unknown = JSON.parse(decode(answer.headers['x-docker-container-path-stat']));
  const hasSize = typeof stat === 'object' && stat !== null && 'size' in stat;
  return hasSize && typeof stat.size === 'number' ? stat.size : undefined;
}

function decode(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' ? Buffer.from(header, 'base64').toString() : 'null';
}
