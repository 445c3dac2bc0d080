import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createRemoteRuntime } from '../../../src/adapters/remote/runtime.ts';
import { writeFileAtomically } from '../../../src/atomic-file.ts';
import { formatRoutes } from '../../../src/model/router-program.ts';
import type { DesiredService } from '../../../src/model/service.ts';
import type { RunningRouter } from '../../../src/programs/router/router.ts';
import { openRouter } from '../../../src/programs/router/router.ts';
import type { Runtime } from '../../../src/ports.ts';
import { wanted, type WantedOverrides } from '../../helpers/services.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';
import { serveMirror } from '../../helpers/serve-upstream.ts';

export interface TestRuntime {
  readonly runtime: Runtime;
  readonly router: RunningRouter;
  readonly socket: string;
  /** The same, as after a restart of the manager. */
  reopen(allowed?: readonly string[]): Runtime;
  /** A service at a server that tells what it was sent. */
  makeService(name: string, overrides?: WantedOverrides): DesiredService;
}

const LOOPBACK = ['127.0.0.0/8'];

/** A runtime of remote services with a router program's inside in this process. */
export async function openTestRuntime(): Promise<TestRuntime> {
  const folder = await createTempFolder();
  const [routesFile, socket] = [join(folder, 'routes.json'), join(folder, 'control.sock')];
  await writeFileAtomically(routesFile, formatRoutes([]));
  const ports = { port: 0, remotesPort: 0 };
  const options = {
    routesFile,
    host: '127.0.0.1',
    ...ports,
    keep: false,
    hostNames: [],
    fingerprint: '',
  };
  const router = await openRouter({ ...options, controlSocket: socket }, () => undefined);
  onTestFinished(() => router.close());
  const mirror = await serveMirror();
  const reopen = (allowed = LOOPBACK): Runtime =>
    createRemoteRuntime({ socket, allowed, startsWithinMs: 0 });
  return {
    runtime: reopen(),
    router,
    socket,
    reopen,
    makeService: (name, overrides = {}) =>
      wanted(name, {
        runtime: 'remote',
        ...overrides,
        spec: { url: `${mirror.url}/mcp`, headers: {}, ...overrides.spec },
      }),
  };
}
