import { AppError } from '../../errors.ts';
import type { ProbeTarget } from '../../model/verification.ts';
import { CheckFailure, formatFailure } from './failure.ts';
import { type Connected, type Conversing, withClient } from './with-client.ts';

/** A person waits for it; `call` gives up before the one who asked for it does. */
const TIMEOUT_MS = 100_000;

/** Work with a connected client for somebody who asked for it. Throws MCP_FAILED with what went wrong. */
export async function workByHand<T>(
  conversing: Conversing,
  signal: AbortSignal,
  work: (connected: Connected) => Promise<T>,
): Promise<T> {
  const { target } = conversing;
  const late = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const worked = await withClient(conversing, AbortSignal.any([signal, late]), work);
    if (worked.ok) return worked.value;
    throw toFailed(target, worked.result.message);
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (late.aborted) throw toFailed(target, `no answer within ${TIMEOUT_MS / 1000}s`);
    const told = error instanceof CheckFailure;
    throw toFailed(target, told ? error.message : formatFailure(error, target.url));
  }
}

function toFailed({ service }: ProbeTarget, message: string): AppError {
  return new AppError('MCP_FAILED', `${service}: ${message}`, {
    hint: `\`mcp-manager get ${service}\` and \`mcp-manager logs ${service}\` tell more`,
  });
}
