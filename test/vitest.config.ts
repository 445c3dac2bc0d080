import { defineConfig } from 'vitest/config';

// Where containers and the proxy in front of them are started for real.
const CONTAINERS = ['test/e2e/podman/**', 'test/e2e/traefik/**'];
// Where the last container of another engine ends, it takes the rule away that isolates all networks; and
// nobody can tell whose a network namespace without a process is.
const ALONE = ['test/e2e/podman/hardening.test.ts', 'test/e2e/leftovers.test.ts'];

// `fast` needs nothing but Node; `e2e` starts real programs, Redis, Traefik and whole managers; `podman` real engines;
// `alone` needs to be the only one on the machine with an engine.
export default defineConfig({
  test: {
    // Most of the time a test waits for a program or a socket, so more than one per core pays.
    maxWorkers: 4,
    projects: [
      {
        test: {
          name: 'fast',
          setupFiles: ['test/helpers/seed-properties.ts'],
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**'],
          // No module here has state, so files can share what they import.
          isolate: false,
          // A bound, not a wish: tests poll for what they wait for, and a busy machine is no failure.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: [...CONTAINERS, ...ALONE],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'podman',
          include: CONTAINERS.map((folder) => `${folder}/*.test.ts`),
          exclude: ALONE,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'alone',
          include: ALONE,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
