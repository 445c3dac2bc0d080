import type { Era } from './eras.ts';
import { isLegacyVersion, META, MODERN_VERSION } from './eras.ts';
import type { Message, RpcError } from './json-rpc.ts';
import { CODES, isFields, metaOf } from './json-rpc.ts';

export interface StandardHeaders {
  readonly version: string | undefined;
  readonly method: string | undefined;
  readonly name: string | undefined;
}

export type Classified =
  | { readonly kind: Era }
  | { readonly kind: 'refused'; readonly error: RpcError };

/** Which field of the body the header `Mcp-Name` repeats. */
const NAME_FIELDS: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};
const REQUIRED = [META.protocolVersion, META.clientCapabilities] as const;

/**
 * Decides the era of one posted message, by its body first: it is modern when `params._meta` names a
 * protocol version, or the header names the modern one. Modern requests must carry the whole envelope,
 * and headers that say the same as the body. What is refused is answered with HTTP status 400.
 */
export function classify(message: Message, headers: StandardHeaders): Classified {
  if (message.kind === 'response') return { kind: 'legacy' };
  const meta = metaOf(message.params);
  const claimed = meta[META.protocolVersion];
  const isModernHeader = headers.version === MODERN_VERSION;
  if (message.method === 'initialize' && claimed === undefined) {
    return isModernHeader
      ? mismatch(`initialize is not of the revision ${MODERN_VERSION} that the header names`)
      : { kind: 'legacy' };
  }
  if (claimed === undefined && !isModernHeader) return { kind: 'legacy' };
  const refusal =
    message.kind === 'request'
      ? refuseRequest(message, headers)
      : refuseMethodHeader(message.method, headers.method);
  return refusal ?? { kind: 'modern' };
}

type Refusal = Extract<Classified, { kind: 'refused' }>;
type Request = Extract<Message, { kind: 'request' }>;

function refuseRequest(message: Request, headers: StandardHeaders): Refusal | undefined {
  const meta = metaOf(message.params);
  return (
    refuseEnvelope(meta) ??
    refuseVersion(meta[META.protocolVersion], headers.version) ??
    (headers.method === undefined
      ? mismatch('the header Mcp-Method is missing')
      : refuseMethodHeader(message.method, headers.method)) ??
    refuseName(message, headers.name)
  );
}

function refuseEnvelope(meta: Readonly<Record<string, unknown>>): Refusal | undefined {
  const missing = REQUIRED.filter((key) => meta[key] === undefined);
  if (missing.length > 0) return invalid(`params._meta has no ${missing.join(' and no ')}`);
  if (typeof meta[META.protocolVersion] !== 'string') {
    return invalid(`${META.protocolVersion} is not a string`);
  }
  if (!isFields(meta[META.clientCapabilities])) {
    return invalid(`${META.clientCapabilities} is not an object`);
  }
  return undefined;
}

function refuseVersion(claimed: unknown, header: string | undefined): Refusal | undefined {
  if (header === undefined) return mismatch('the header MCP-Protocol-Version is missing');
  if (header !== claimed) {
    return mismatch(`the header says version ${header}, the body ${String(claimed)}`);
  }
  return claimed === MODERN_VERSION ? undefined : unsupported(claimed);
}

function refuseMethodHeader(method: string, header: string | undefined): Refusal | undefined {
  if (header === undefined || header === method) return undefined;
  return mismatch(`the header Mcp-Method says ${header}, the body ${method}`);
}

function refuseName({ method, params }: Request, header: string | undefined): Refusal | undefined {
  const field = Object.hasOwn(NAME_FIELDS, method) ? NAME_FIELDS[method] : undefined;
  const value = field === undefined ? undefined : params?.[field];
  if (typeof value !== 'string') return undefined;
  if (header === undefined)
    return mismatch(`the header Mcp-Name is missing, the body has ${value}`);
  const decoded = decodeHeader(header);
  if (decoded === undefined) return mismatch('the header Mcp-Name is not valid Base64 of UTF-8');
  return decoded === value
    ? undefined
    : mismatch(`the header Mcp-Name says ${decoded}, the body ${value}`);
}

/** Headers carry what is not plain ASCII as `=?base64?…?=`; undefined when that cannot be read. */
export function decodeHeader(value: string): string | undefined {
  const encoded = /^=\?base64\?(.*)\?=$/.exec(value)?.[1];
  if (encoded === undefined) return value;
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.toString('base64') !== encoded) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** A legacy request may leave the header out; what it names must be known. */
export function isKnownLegacyHeader(version: string | undefined): boolean {
  return version === undefined || isLegacyVersion(version);
}

function unsupported(requested: unknown): Refusal {
  const data = { supported: [MODERN_VERSION], requested };
  const message = `Unsupported protocol version: ${String(requested)}`;
  return { kind: 'refused', error: { code: CODES.unsupportedVersion, message, data } };
}

function mismatch(what: string): Refusal {
  return {
    kind: 'refused',
    error: { code: CODES.headerMismatch, message: `Header mismatch: ${what}` },
  };
}

function invalid(what: string): Refusal {
  return {
    kind: 'refused',
    error: { code: CODES.invalidParams, message: `Invalid params: ${what}` },
  };
}
