import { dirname } from 'node:path';
import type { Route } from '../../model/route.ts';
import type { Log } from '../../ports.ts';
import { createRouteWriter, type RouteWriter } from '../../route-writer.ts';
import type { Ask } from './ask.ts';
import type { ManagerApi } from './configuration.ts';
import { openFileWriter } from './file-writer.ts';
import { createFolderReader, type ReadYaml } from './foreign-files.ts';
import { formatRoutesFile, type RoutesFile } from './routes-file.ts';
import { type Serving, watchServing } from './serving.ts';
import { readRoutesFile } from './watched-file.ts';

export interface RoutesKeeper {
  readonly writer: RouteWriter<RoutesFile>;
  readonly serving: Serving;
  /** Every file that Traefik may serve now. */
  readonly written: () => readonly RoutesFile[];
}

export interface RoutesKeeperOptions {
  readonly file: string;
  readonly managerId: string;
  readonly api?: ManagerApi;
  readonly hostNames?: readonly string[];
  readonly ask: Ask;
  readonly readYaml: ReadYaml;
  readonly servedWithinMs?: number;
  readonly log: Log;
}

/** Reads our file, writes it where it is not as it should be, and from then on keeps it so. */
export async function openRoutesKeeper(options: RoutesKeeperOptions): Promise<RoutesKeeper> {
  const { file: path } = options;
  const initial = await readRoutesFile(options);
  const format = (routes: readonly Route[]): RoutesFile => formatRoutesFile(routes, options);
  const first = format(initial);
  const fileWriter = await openFileWriter(path, first.text, options.log);
  let written = [first];
  const writer = createRouteWriter({
    initial,
    format,
    async write(file) {
      // Remembered before: Traefik can be faster than this program.
      written = [...written.filter(({ generation }) => generation === servedBy(serving)), file];
      await fileWriter.write(file.text);
    },
    served: (file) => serving.until(file),
  });
  const serving = await watchServing({
    ...options,
    readFolder: createFolderReader({ ...options, folder: dirname(path) }),
    path,
    wanted: writer.file,
    onLook: fileWriter.mend,
  });
  return { writer, serving, written: () => written };
}

function servedBy(serving: Serving): string | undefined {
  const answer = serving.answer();
  return answer.kind === 'answers' ? answer.generation : undefined;
}
