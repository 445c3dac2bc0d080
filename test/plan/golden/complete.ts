import type { StatusReport } from '../../../src/control.ts';
import type { PlanDocument } from '../../../src/model/plan-document.ts';

/** A type with every optional member present, all the way down. */
type Complete<T> = T extends readonly (infer Item)[]
  ? readonly Complete<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]-?: Complete<T[Key]> }
    : T;

const place = { file: 'echo.yaml', line: 3, column: 3 };
const problem = { ...place, code: 'KEY_UNKNOWN', message: 'no', hint: 'yes', service: 'echo' };

const leftAlone = {
  kind: 'volume',
  service: 'echo',
  runtime: 'podman',
  name: 'data',
  cause: 'no document names echo',
  allow: 'remove it',
} as const;

const toolChanges = { added: ['a'], removed: ['b'], changed: ['c'] };
const toolsChange = { ...toolChanges, release: 'r1-b', before: 'r1-a' };

const side = {
  revision: 'v1-a',
  release: 'r1-a',
  imageId: 'sha256:a',
  imageDigest: 'sha256:b',
  spec: { port: 8000 },
  power: 'on',
  url: 'http://127.0.0.1:7999/mcp/echo',
} as const;

/** Every member that a plan document can have; the compiler asks for each new one here. */
export const completePlan: Complete<PlanDocument> = {
  formatVersion: '1.0',
  planId: 'p-1',
  managerId: 'm-1',
  createdAt: '2026-01-01T00:00:00.000Z',
  commit: { id: '4f2a91c', dirty: false },
  allowRemovals: 5,
  changes: [
    {
      service: 'echo',
      change: { actions: ['no-op'], before: side, after: side, replacePaths: ['port'] },
      actionReason: 'remove_because_not_desired',
      cause: 'no document names it',
      steps: [
        {
          kind: 'remove',
          target: 'mcp-echo-1',
          cause: 'gone',
          until: '2026-01-01T00:00:00Z',
          volumes: true,
          policy: 'always',
        },
      ],
      gate: { code: 'REMOVAL_TOO_MANY', cause: 'too many', allow: 'say so' },
    },
  ],
  drift: [
    {
      service: 'echo',
      signal: 'spec',
      instance: 'mcp-echo-1',
      path: 'port',
      expected: '1',
      actual: '2',
    },
  ],
  problems: [problem],
  leftAlone: [leftAlone],
  waiting: [{ service: 'echo', cause: 'crashed', until: '2026-01-01T00:00:00.000Z' }],
  tools: [{ service: 'echo', change: toolsChange, unapproved: toolChanges }],
  summary: { create: 0, update: 0, replace: 0, remove: 0, forget: 0, import: 0, blocked: 1 },
  basis: {
    echo: {
      desired: { image: 'mcp/echo:latest' },
      desiredDigest: 'd1-a',
      secretVersions: { '/mcp/echo#KEY': '3' },
      imageId: 'sha256:a',
      observed: [
        {
          id: 'id-1',
          name: 'mcp-echo-1',
          revision: 'v1-a',
          release: 'r1-a',
          imageId: 'sha256:a',
          stateClass: 'up',
          drift: ['resources.memoryBytes: 419430400'],
        },
      ],
    },
  },
};

/** Every member that a status report can have. */
export const completeStatus: Complete<StatusReport> = {
  services: [
    {
      name: 'echo',
      state: 'CrashLoop',
      cause: 'crashed',
      conditions: [
        { type: 'Available', status: 'False', reason: 'Crashed', message: 'crashed', sinceMs: 1 },
      ],
      runtime: 'process',
      origin: 'file',
      workspace: 'w1',
      auth: { role: 'write', tokens: ['0123456789ab'], passToken: true },
      labels: { team: 'search' },
      revision: 'v1-a',
      release: 'r1-a',
      image: 'docker.io/library/busybox:1',
      remote: 'https://mcp.example.com/mcp',
      imageId: 'sha256:a',
      rollback: { kind: 'rolled-back', release: 'r1-0', cause: 'it hangs' },
      slug: 'echo',
      url: 'http://127.0.0.1:7999/mcp/echo',
      era: 'modern',
      tools: 3,
      toolsChange,
      unapprovedTools: toolChanges,
      startedAtMs: 1,
      restarts: 4,
      changedAtMs: 2,
      untilMs: 3,
      lastLog: ['no such file'],
    },
  ],
  problems: [problem],
  leftAlone: [leftAlone],
};
