import { z } from 'zod';
import type { Texts } from './texts.ts';

const request = z.object({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.string(), z.number(), z.null()]).optional(),
  method: z.string(),
  params: z.unknown().optional(),
});

const storeParams = z.object({ text: z.string(), key: z.string().min(1).optional() });
const getParams = z.object({ key: z.string() });
const listParams = z.looseObject({}).optional();

type Method = (params: unknown, texts: Texts) => Readonly<Record<string, unknown>>;

/** JSON-RPC methods of their own beside MCP, as the platform's scripts have always called them. */
const METHODS: Readonly<Record<string, Method>> = {
  store_text(params, texts) {
    const { text, key } = storeParams.parse(params);
    return { success: true, key: texts.store(text, key) };
  },
  get_text(params, texts) {
    const { key } = getParams.parse(params);
    const text = texts.get(key);
    if (text === undefined) throw new RangeError(`no text under the key ${key}`);
    return { key, text };
  },
  list_texts(params, texts) {
    listParams.parse(params);
    const keys = texts.keys();
    return { keys, count: keys.length };
  },
};

export function isDirectCall(message: unknown): boolean {
  const parsed = request.safeParse(message);
  return parsed.success && Object.hasOwn(METHODS, parsed.data.method);
}

/** The JSON-RPC 2.0 response to one direct call; errors -32600 to -32603 as the standard has them. */
export function answerDirectCall(
  message: unknown,
  texts: Texts,
): Readonly<Record<string, unknown>> {
  const parsed = request.safeParse(message);
  if (!parsed.success) return toError(null, -32600, 'Invalid Request');
  const { id = null, method, params } = parsed.data;
  const call = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined;
  if (call === undefined) return toError(id, -32601, `Method not found: ${method}`);
  try {
    return { jsonrpc: '2.0', id, result: call(params, texts) };
  } catch (error) {
    if (error instanceof z.ZodError) {
      return toError(id, -32602, `Invalid params: ${z.prettifyError(error)}`);
    }
    if (error instanceof RangeError) return toError(id, -32602, `Invalid params: ${error.message}`);
    return toError(id, -32603, 'Internal error');
  }
}

function toError(id: unknown, code: number, message: string): Readonly<Record<string, unknown>> {
  return { jsonrpc: '2.0', id, error: { code, message } };
}
