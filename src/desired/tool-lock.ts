import { SERVICE_NAME } from '../model/names.ts';
import type { Problem } from '../model/problem.ts';
import { type ApprovedTools, LOCK_FILE, surfaceDigest, type ToolLock } from '../model/tool-lock.ts';
import type { ToolSurface } from '../model/tool-surface.ts';
import { readForeignYaml } from './foreign-yaml.ts';
import type { TextFile } from './library.ts';
import { isRecord } from '../model/record.ts';

export interface ReadToolLock {
  readonly toolLock?: ToolLock;
  readonly problems: readonly Problem[];
}

/** Reads the lock file again and again; while it cannot be used, what it said before holds. */
export function createToolLockReader(): (source: TextFile | undefined) => ReadToolLock {
  let last: TextFile | undefined;
  let good: ToolLock = { services: new Map() };
  let read: ReadToolLock = { problems: [] };
  return (source) => {
    if (source !== undefined && source === last) return read;
    last = source;
    if (source === undefined) {
      good = { services: new Map() };
      read = { problems: [] };
      return read;
    }
    const parsed = parseToolLock(source);
    if ('services' in parsed) good = { services: parsed.services };
    read =
      'services' in parsed
        ? { toolLock: good, problems: [] }
        : {
            toolLock: { ...good, trouble: `${LOCK_FILE}: ${parsed.mistake}` },
            problems: [toProblem(parsed.mistake)],
          };
    return read;
  };
}

type Parsed =
  | { readonly services: ReadonlyMap<string, ApprovedTools> }
  | { readonly mistake: string };

/** What the text of a lock file says, or what is wrong with it. */
export function parseToolLock(source: TextFile): Parsed {
  if ('error' in source) return { mistake: source.error };
  const read = readForeignYaml(source.text);
  if ('mistake' in read) return read;
  const { value } = read;
  if (!isRecord(value) || value['apiVersion'] !== API_VERSION) {
    return { mistake: `its apiVersion is not ${API_VERSION}` };
  }
  if (!isRecord(value['services'])) return { mistake: 'it has no map of services' };
  const services = new Map<string, ApprovedTools>();
  for (const [name, tools] of Object.entries(value['services'])) {
    if (!SERVICE_NAME.test(name)) return { mistake: `it names a service that none may be named` };
    if (!isSurface(tools)) {
      return { mistake: `what it says of ${name} is no map of tools and digests` };
    }
    services.set(name, { tools, digest: surfaceDigest(tools) });
  }
  return { services };
}

/** The text of the lock file: the same approvals give the same bytes. */
export function formatToolLock(services: ReadonlyMap<string, ToolSurface>): string {
  const names = [...services.keys()].toSorted();
  const lines = names.flatMap((name) => formatService(name, services.get(name) ?? {}));
  const head = lines.length === 0 ? 'services: {}' : 'services:';
  return [...HEAD, `apiVersion: ${API_VERSION}`, head, ...lines, ''].join('\n');
}

/** Names of tools are anybody's text: JSON is YAML, and quotes whatever it has to. */
function formatService(name: string, tools: ToolSurface): readonly string[] {
  const entries = Object.entries(tools).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return [`  ${name}: {}`];
  return [`  ${name}:`, ...entries.map(([tool, digest]) => `    ${quote(tool)}: ${digest}`)];
}

/** YAML counts more characters than JSON as ends of lines. */
function quote(text: string): string {
  return JSON.stringify(text).replaceAll(/[\u007f-\uffff]/g, escapeUnit);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

const API_VERSION = 'mcp-manager/v1';
const HEAD = [
  '# The approved tools of each service: the digest of name, description, schemas and annotations.',
  '# Written by `mcp-manager lock`. Review it and commit it; `verify.lock` says what holds.',
];

function isSurface(value: unknown): value is ToolSurface {
  if (!isRecord(value)) return false;
  return Object.values(value).every(
    (digest) => typeof digest === 'string' && /^t1-[0-9a-f]{24}$/.test(digest),
  );
}

function toProblem(mistake: string): Problem {
  return {
    file: LOCK_FILE,
    line: 0,
    column: 0,
    code: 'LOCK_INVALID',
    message: mistake,
    hint: 'take it from Git again, or delete it and write it anew with `mcp-manager lock`',
  };
}
