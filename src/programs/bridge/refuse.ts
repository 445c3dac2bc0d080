import type { ServerResponse } from 'node:http';
import { sendJson } from './answer.ts';
import type { Id } from './json-rpc.ts';
import { CODES, failure, writeMessage } from './json-rpc.ts';

export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly code?: number;
  readonly data?: unknown;
  readonly id?: Id | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers with an HTTP error that is a JSON-RPC error too. Nothing when something was sent already. */
export function refuse(response: ServerResponse, refusal: Refusal): void {
  const { status, message, code = CODES.transport, data, id = null, headers } = refusal;
  if (response.headersSent || response.destroyed) return;
  const outcome = failure(code, message, data);
  sendJson(response, status, writeMessage({ kind: 'response', id, outcome }), headers);
}
