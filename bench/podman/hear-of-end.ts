import { Readable } from 'node:stream';
import Docker from 'dockerode';

/** Listens to an engine; answers how to learn when it told of the end of a container. */
export async function hearOfEnd(
  socketPath: string,
  container: string,
): Promise<() => Promise<number>> {
  const docker = new Docker({ socketPath });
  const filters = { container: [container], event: ['died'] };
  const stream = await docker.getEvents({ filters });
  const told = new Promise<number>((resolve) => {
    stream.once('data', () => resolve(performance.now()));
  });
  return () =>
    told.finally(() => {
      if (stream instanceof Readable) stream.destroy();
    });
}
