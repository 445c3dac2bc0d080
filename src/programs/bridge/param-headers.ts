import { decodeHeader } from './classify.ts';
import type { Hub } from './hub.ts';
import { honour } from './hub.ts';
import type { Fields, Outcome, Request } from './json-rpc.ts';
import { CODES, failure, isFields } from './json-rpc.ts';
import type { Link } from './link.ts';
import { envelope } from './link.ts';

/** An argument of a tool that its client repeats in a header `Mcp-Param-…`. */
interface Declaration {
  readonly path: readonly string[];
  readonly header: string;
}

/** Checks the headers `Mcp-Param-…` of calls against what the tools of a child declare. */
export interface ParamHeaders {
  refuse(
    link: Link,
    request: Request,
    header: (name: string) => string | undefined,
  ): Promise<Outcome | undefined>;
}

const KEY = 'x-mcp-header';
const LIST_MS = 10_000;
const MOST_PAGES = 50;
const MOST_DEPTH = 20;

interface Known {
  readonly link: Link;
  readonly tools: Promise<Map<string, Declaration[]>>;
  /** Ends to listen for changes. */
  readonly stop: () => void;
}

/** Asks a child for its tools once, and again when they have changed; one that does not tell is not checked. */
export function createParamHeaders(hub: Hub): ParamHeaders {
  let known: Known | undefined;

  function learn(link: Link): Known {
    known?.stop();
    const wanted = honour({ toolsListChanged: true }, link.facts.capabilities);
    const forget = (): void => {
      known?.stop();
      known = undefined;
    };
    const stop =
      wanted.toolsListChanged === true ? hub.listen(link, wanted, forget) : () => undefined;
    return { link, tools: readDeclarations(link), stop };
  }

  return {
    async refuse(link, { method, params }, header) {
      const name = params?.['name'];
      if (method !== 'tools/call' || typeof name !== 'string') return undefined;
      if (known?.link !== link) known = learn(link);
      const declarations = (await known.tools).get(name) ?? [];
      const wrong = declarations
        .map((declaration) => explain(declaration, params?.['arguments'], header))
        .find((words) => words !== undefined);
      return wrong === undefined
        ? undefined
        : failure(CODES.headerMismatch, `Header mismatch: ${wrong}`);
    },
  };
}

function explain(
  { path, header }: Declaration,
  args: unknown,
  read: (name: string) => string | undefined,
): string | undefined {
  const value = path.reduce<unknown>((at, key) => (isFields(at) ? at[key] : undefined), args);
  if (typeof value !== 'string' && typeof value !== 'boolean' && typeof value !== 'number') {
    return undefined;
  }
  const name = `Mcp-Param-${header}`;
  const raw = read(name.toLowerCase());
  if (raw === undefined) return `the header ${name} is missing`;
  const decoded = decodeHeader(raw);
  if (decoded === undefined) return `the header ${name} is not valid Base64 of UTF-8`;
  const isSame =
    typeof value === 'number' && decoded.trim() !== ''
      ? Number(decoded) === value
      : decoded === String(value);
  return isSame ? undefined : `the header ${name} and the argument ${path.join('.')} differ`;
}

async function readDeclarations(link: Link): Promise<Map<string, Declaration[]>> {
  const found = new Map<string, Declaration[]>();
  let cursor: unknown;
  for (let page = 0; page < MOST_PAGES; page++) {
    const meta = link.era === 'modern' ? { _meta: envelope(undefined, undefined) } : {};
    const params = cursor === undefined ? meta : { ...meta, cursor };
    const call = link.peer.call({ method: 'tools/list', params, timeoutMs: LIST_MS });
    const outcome = await call.answer;
    if (outcome === undefined || 'error' in outcome) break;
    for (const tool of toolsOf(outcome.result)) {
      const declarations = declarationsOf(tool['inputSchema']);
      if (declarations.length > 0) found.set(String(tool['name']), declarations);
    }
    cursor = outcome.result['nextCursor'];
    if (cursor === undefined) break;
  }
  return found;
}

function toolsOf(result: Fields): readonly Fields[] {
  const tools = result['tools'];
  return Array.isArray(tools) ? tools.filter(isFields) : [];
}

function declarationsOf(schema: unknown, path: readonly string[] = []): Declaration[] {
  if (!isFields(schema) || path.length > MOST_DEPTH) return [];
  const header = schema[KEY];
  const own = typeof header === 'string' && path.length > 0 ? [{ path, header }] : [];
  const properties = isFields(schema['properties']) ? Object.entries(schema['properties']) : [];
  return [...own, ...properties.flatMap(([key, child]) => declarationsOf(child, [...path, key]))];
}
