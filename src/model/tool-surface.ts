import { digestOf } from './canonical.ts';
import { toLine } from './plain-text.ts';

/** What a server offers: the digest of each tool by its name. Names come from servers: nobody's to trust. */
export type ToolSurface = Readonly<Record<string, string>>;

/** Everything of a tool by which a model decides to call it, and how. */
export interface ToolDefinition {
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly inputSchema: unknown;
  readonly outputSchema?: unknown;
  readonly annotations?: unknown;
}

/** Names of tools, each list sorted. */
export interface ToolChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

/** The same for the same tools, whatever their order and the order of keys in them. */
export function surfaceOf(tools: readonly ToolDefinition[]): ToolSurface {
  const digests = tools.map((tool) => [tool.name, toolDigest(tool)] as const);
  const byName = Map.groupBy(digests, ([name]) => name);
  const surface = [...byName].map(([name, same]) => [name, joined(same.map(([, one]) => one))]);
  return Object.fromEntries(surface.toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)));
}

/** A server may list a name twice, and nobody knows which of them is called. */
function joined(digests: readonly string[]): string {
  const [only] = digests;
  return only !== undefined && digests.length === 1 ? only : `t1-${digestOf(digests.toSorted())}`;
}

/** `t1-<24 hex>`. */
export function toolDigest(tool: ToolDefinition): string {
  const { name, title, description, inputSchema, outputSchema, annotations } = tool;
  return `t1-${digestOf({ name, title, description, inputSchema, outputSchema, annotations })}`;
}

/** What has to happen to the first to get the second; undefined when they are the same. */
export function compareTools(before: ToolSurface, after: ToolSurface): ToolChanges | undefined {
  const then = new Map(Object.entries(before));
  const now = new Map(Object.entries(after));
  const added = [...now.keys()].filter((name) => !then.has(name)).toSorted();
  const removed = [...then.keys()].filter((name) => !now.has(name)).toSorted();
  const both = [...now.keys()].filter((name) => then.has(name));
  const changed = both.filter((name) => then.get(name) !== now.get(name)).toSorted();
  const isSame = added.length + removed.length + changed.length === 0;
  return isSame ? undefined : { added, removed, changed };
}

/** More names than this are counted, and a longer one is cut: one line stays one line. */
const NAMES_SHOWN = 8;
const LONGEST_NAME = 64;

/** `added a, b; removed c; changed d`. */
export function formatToolChanges(changes: ToolChanges): string {
  const { added, removed, changed } = changes;
  return [
    ...formatNames('added', added),
    ...formatNames('removed', removed),
    ...formatNames('changed', changed),
  ].join('; ');
}

function formatNames(what: string, names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, NAMES_SHOWN).map((name) => toLine(name, LONGEST_NAME));
  const more = names.length - shown.length;
  return [`${what} ${shown.join(', ')}${more > 0 ? ` and ${String(more)} more` : ''}`];
}
