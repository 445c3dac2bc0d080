import { META, MODERN_VERSION } from './eras.ts';
import type { Fields, Outcome } from './json-rpc.ts';
import { CODES, failure, isFields, metaOf } from './json-rpc.ts';
import type { ServerFacts } from './link.ts';

/** Requests that both eras have, with the same params and results but for the metadata. */
const SHARED_METHODS = new Set([
  'tools/list',
  'tools/call',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'prompts/list',
  'prompts/get',
  'completion/complete',
]);
const CACHEABLE_METHODS = new Set([
  'tools/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'prompts/list',
  'server/discover',
]);
/** Nothing is known of how long a legacy server's lists hold. */
const NOT_CACHED = { ttlMs: 0, cacheScope: 'private' };

export function isSharedMethod(method: string): boolean {
  return SHARED_METHODS.has(method);
}

/** A modern client's params for a legacy server: without the metadata that it does not know. */
export function toLegacyParams(params: Fields | undefined): Fields | undefined {
  if (params === undefined) return undefined;
  const kept = Object.entries(metaOf(params)).filter(
    ([key]) => !Object.values<string>(META).includes(key),
  );
  const { _meta, ...rest } = params;
  return kept.length === 0 ? rest : { ...rest, _meta: Object.fromEntries(kept) };
}

/** A legacy server's answer for a modern client: with what the modern revision demands of results. */
export function toModernOutcome(method: string, outcome: Outcome, facts: ServerFacts): Outcome {
  if ('error' in outcome) {
    const { code, message, data } = outcome.error;
    return code === CODES.resourceNotFound && method === 'resources/read'
      ? failure(CODES.invalidParams, message, data)
      : outcome;
  }
  const result = outcome.result;
  return {
    result: {
      ...(CACHEABLE_METHODS.has(method) ? NOT_CACHED : {}),
      ...(method === 'tools/list' ? withoutExecution(result) : result),
      resultType: 'complete',
      _meta: { ...metaOf(result), [META.serverInfo]: facts.serverInfo },
    },
  };
}

/** What a legacy server said of itself, as the answer to `server/discover`. */
export function toDiscovery(facts: ServerFacts): Outcome {
  const { tools, resources, prompts, completions } = facts.capabilities;
  const { instructions } = facts;
  const result = {
    supportedVersions: [MODERN_VERSION],
    capabilities: { tools, resources, prompts, completions },
    ...(instructions === undefined ? {} : { instructions }),
  };
  return toModernOutcome('server/discover', { result }, facts);
}

/** What a server said of itself, as the answer to a legacy client's `initialize`. */
export function toInitializeResult(facts: ServerFacts, version: string): Fields {
  const { capabilities, serverInfo, instructions } = facts;
  return {
    protocolVersion: version,
    capabilities,
    serverInfo,
    ...(instructions === undefined ? {} : { instructions }),
  };
}

/** A modern server's answer for a legacy client. */
export function toLegacyOutcome(outcome: Outcome): Outcome {
  if ('error' in outcome) return outcome;
  const { resultType: _type, ttlMs: _ttl, cacheScope: _scope, ...result } = outcome.result;
  return { result };
}

/** What a modern server wants to know before it goes on: questions by key, undefined when it is done. */
export function readInputRequests(
  outcome: Outcome,
): { readonly requests: Readonly<Record<string, Fields>>; readonly state: unknown } | undefined {
  if (!('result' in outcome) || outcome.result['resultType'] !== 'input_required') return undefined;
  const { inputRequests, requestState } = outcome.result;
  const entries = isFields(inputRequests) ? Object.entries(inputRequests) : [];
  const requests = Object.fromEntries(
    entries.filter((entry): entry is [string, Fields] => isFields(entry[1])),
  );
  return { requests, state: requestState };
}

/** Tasks are an extension in the modern revision, and how tools use them is not said in lists. */
function withoutExecution(result: Fields): Fields {
  const tools = result['tools'];
  if (!Array.isArray(tools)) return result;
  return {
    ...result,
    tools: tools.map((tool: unknown) => {
      if (!isFields(tool)) return tool;
      const { execution: _execution, ...rest } = tool;
      return rest;
    }),
  };
}
