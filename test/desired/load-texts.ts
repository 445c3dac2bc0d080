import { createChecks, createLoader, type Loader, type TextSet } from '../../src/desired/load.ts';
import type { Policy } from '../../src/desired/policy.ts';
import { formatProblem } from '../../src/model/problem.ts';
import type { Desired } from '../../src/model/service.ts';

const STRICT: Policy = { allowRoot: false, allowedImages: [], allowedVolumeRoots: [] };

/** A template that runs on every runtime, with one parameter. */
export const ECHO = JSON.stringify({
  image: 'mcp/echo:latest',
  env: { GREETING: '${greeting}' },
  parameters: {
    type: 'object',
    properties: { greeting: { type: 'string', default: 'Echo' } },
  },
  environments: { process: { command: ['node', 'echo/server.ts', '--port', '${port}'] } },
});

/** Compiled once for all loaders of a test file. */
const checks = createChecks();

type Texts = Readonly<Record<string, string>>;

/** A set of documents and templates by file name. */
export function setOf(documents: Texts, templates: Texts = { 'echo.json': ECHO }): TextSet {
  const toFiles = (texts: Texts) => Object.entries(texts).map(([file, text]) => ({ file, text }));
  return {
    ok: true,
    documentsFolder: '/fleet/desired',
    templatesFolder: '/fleet/templates',
    documents: toFiles(documents),
    templates: toFiles(templates),
  };
}

/** A loader whose default runtime runs images and commands alike. */
export function memoryLoader(policy: Partial<Policy> = {}, runtime = 'memory'): Loader {
  const runtimes = ['memory', 'process', 'podman'];
  return createLoader({ runtime, runtimes, policy: { ...STRICT, ...policy } }, checks);
}

/** `services:` of one file, indented as written. */
export function fleet(services: string): string {
  return `apiVersion: mcp-manager/v1\nservices:\n${services}`;
}

export function linesOf({ problems }: Desired): readonly string[] {
  return problems.map(formatProblem);
}

export function namesOf({ services }: Desired): readonly string[] {
  return services.map(({ name }) => name);
}
