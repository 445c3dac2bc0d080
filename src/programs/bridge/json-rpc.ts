/** Any JSON object: params, results, metadata. */
export type Fields = Readonly<Record<string, unknown>>;
export type Id = string | number;

export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}
export type Outcome = { readonly result: Fields } | { readonly error: RpcError };

export interface Request {
  readonly kind: 'request';
  readonly id: Id;
  readonly method: string;
  readonly params: Fields | undefined;
}
export interface Notification {
  readonly kind: 'notification';
  readonly method: string;
  readonly params: Fields | undefined;
}
export interface Response {
  readonly kind: 'response';
  /** Null where the other side could not tell which request it answers. */
  readonly id: Id | null;
  readonly outcome: Outcome;
}
export type Message = Request | Notification | Response;

/** JSON-RPC's own codes, and those that MCP gives a meaning. */
export const CODES = {
  parseError: -32_700,
  invalidRequest: -32_600,
  methodNotFound: -32_601,
  invalidParams: -32_602,
  internalError: -32_603,
  /** What the official servers answer to an exchange that the transport cannot serve. */
  transport: -32_000,
  sessionNotFound: -32_001,
  /** Of the older revisions; the newest says invalidParams. */
  resourceNotFound: -32_002,
  headerMismatch: -32_020,
  missingClientCapability: -32_021,
  unsupportedVersion: -32_022,
} as const;

/** A parsed JSON value as one message; undefined when it is none (a batch is none either). */
export function readMessage(value: unknown): Message | undefined {
  if (!isFields(value) || value['jsonrpc'] !== '2.0') return undefined;
  const { id, method, params } = value;
  if (params !== undefined && !isFields(params)) return undefined;
  if (typeof method === 'string') {
    if (id === undefined) return { kind: 'notification', method, params };
    return isId(id) ? { kind: 'request', id, method, params } : undefined;
  }
  const outcome = readOutcome(value);
  if (outcome === undefined) return undefined;
  if (isId(id)) return { kind: 'response', id, outcome };
  return 'error' in outcome ? { kind: 'response', id: null, outcome } : undefined;
}

/** One line of JSON, without its line end. */
export function writeMessage(message: Message): string {
  switch (message.kind) {
    case 'request': {
      const { id, method, params } = message;
      return JSON.stringify({ jsonrpc: '2.0', id, method, params });
    }
    case 'notification': {
      const { method, params } = message;
      return JSON.stringify({ jsonrpc: '2.0', method, params });
    }
    case 'response':
      return JSON.stringify({ jsonrpc: '2.0', id: message.id, ...message.outcome });
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isId(value: unknown): value is Id {
  return typeof value === 'string' || typeof value === 'number';
}

/** `params._meta`, empty where there is none. */
export function metaOf(params: Fields | undefined): Fields {
  const meta = params?.['_meta'];
  return isFields(meta) ? meta : {};
}

/** Params with some metadata more; a value of undefined takes its key away. */
export function withMeta(params: Fields | undefined, more: Fields): Fields {
  return { ...params, _meta: { ...metaOf(params), ...more } };
}

export function failure(code: number, message: string, data?: unknown): Outcome {
  return { error: data === undefined ? { code, message } : { code, message, data } };
}

function readOutcome({ result, error }: Fields): Outcome | undefined {
  if (isFields(result)) return { result };
  if (!isFields(error)) return undefined;
  const { code, message, data } = error;
  if (typeof code !== 'number' || typeof message !== 'string') return undefined;
  return failure(code, message, data);
}
