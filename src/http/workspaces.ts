import type { Control } from '../control.ts';

/** So long what was seen holds: a service that changed its workspace is seen by the former one no longer. */
const HOLDS_MS = 1_000;

export interface Workspaces {
  /** Whether a service is of a workspace. */
  isOf(service: string, workspace: string): Promise<boolean>;
  /** Whether there is a service of that name, of whichever workspace. */
  isThere(service: string): Promise<boolean>;
  /** What was seen holds no longer: something was written. */
  forget(): void;
}

/** Asks the manager at most once a second and after each write, however many ask. */
export function createWorkspaceLookup({ status }: Pick<Control, 'status'>): Workspaces {
  let seen: Promise<ReadonlyMap<string, string | undefined>> | undefined;
  let seenAtMs = -Infinity;

  async function read(): Promise<ReadonlyMap<string, string | undefined>> {
    const { services } = await status();
    return new Map(services.map(({ name, workspace }) => [name, workspace]));
  }

  function look(): Promise<ReadonlyMap<string, string | undefined>> {
    if (seen === undefined || performance.now() - seenAtMs > HOLDS_MS) {
      seenAtMs = performance.now();
      const reading = read();
      seen = reading;
      // What cannot be known is not shown, and asked again.
      reading.catch(() => {
        if (seen === reading) seen = undefined;
      });
    }
    return seen;
  }

  return {
    isOf: async (service, workspace) => (await look()).get(service) === workspace,
    isThere: async (service) => (await look()).has(service),
    forget() {
      seen = undefined;
    },
  };
}
