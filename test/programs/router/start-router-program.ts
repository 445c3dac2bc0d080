import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { writeFileAtomically } from '../../../src/atomic-file.ts';
import { formatRoutes } from '../../../src/model/router-program.ts';
import type { Route } from '../../../src/model/route.ts';

const PROGRAM = 'src/programs/router/main.ts';

export interface RouterProgram {
  readonly child: ChildProcessWithoutNullStreams;
  readonly controlSocket: string;
  /** Resolves with the port once it listens. */
  readonly listening: Promise<number>;
  /** Resolves with what it said and how it ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
}

/** The router program as a process of its own, in `folder`; killed when the test ends. */
export async function startRouterProgram(options: {
  readonly folder: string;
  readonly routes: readonly Route[];
  readonly port?: number;
  readonly args?: readonly string[];
}): Promise<RouterProgram> {
  const { folder, routes, port = 0, args = [] } = options;
  const routesFile = join(folder, 'routes.json');
  const controlSocket = join(folder, 'control.sock');
  await writeFileAtomically(routesFile, formatRoutes(routes));
  const where = ['--routes', routesFile, '--control', controlSocket, '--port', String(port)];
  const child = spawn(process.execPath, [PROGRAM, ...where, ...args], { stdio: 'pipe' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const stderr = text(child.stderr);
  const listening = once(createInterface({ input: child.stdout }), 'line').then(([line]) =>
    Number(/^\{"listening":(\d+)\}$/.exec(String(line))?.[1]),
  );
  const ended = once(child, 'exit').then(async ([code]) => ({ code, stderr: await stderr }));
  return { child, controlSocket, listening, ended };
}
