import { AppError } from '../../errors.ts';
import type { Runtime } from '../../ports.ts';
import { refuseInspection } from './no-containers.ts';

/**
 * What the process runtime is to a command that runs without a manager: its programs live and die
 * with `run`, so nothing is there, and nothing is touched.
 */
export function createIdleProcessRuntime(): Runtime {
  return {
    name: 'process',
    observe: () => Promise.resolve({ ok: true, instances: [], foreign: [], limitations: [] }),
    perform: () =>
      Promise.reject(
        new AppError('NOT_SUPPORTED', 'the process runtime lives with the manager', {
          hint: 'start it with `mcp-manager run`',
        }),
      ),
    images: () => Promise.resolve(new Map()),
    inspect: refuseInspection,
    watch: () => {},
    logs: async function* () {},
    close: () => Promise.resolve(),
  };
}
