import { defineConfig } from 'vitest/config';

// Where containers and the proxy in front of them are started for real.
const CONTAINERS = ['test/e2e/podman/**', 'test/e2e/traefik/**'];

// `fast` needs nothing but Node; `e2e` starts real programs, Redis and whole managers; `podman` real engines.
export default defineConfig({
  test: {
    // Most of the time a test waits for a program or a socket, so more than one per core pays.
    maxWorkers: 4,
    projects: [
      {
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**'],
          // No module here has state, so files can share what they import.
          isolate: false,
          // A bound, not a wish: tests poll for what they wait for, and a busy machine is no failure.
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: CONTAINERS,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'podman',
          include: CONTAINERS.map((folder) => `${folder}/*.test.ts`),
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // One engine at a time: where the last container of one ends, the others lose the rule that isolates.
          fileParallelism: false,
        },
      },
    ],
  },
});
