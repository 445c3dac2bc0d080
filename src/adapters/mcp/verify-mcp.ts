import { toLine } from '../../model/plain-text.ts';
import type { ToolCall, Verify } from '../../model/service.ts';
import { surfaceDigest } from '../../model/tool-lock.ts';
import { surfaceOf, type ToolDefinition } from '../../model/tool-surface.ts';
import type { CheckResult, ProbeTarget } from '../../model/verification.ts';
import { callTool } from './call-tool.ts';
import { CheckFailure } from './failure.ts';
import { listTools } from './list-tools.ts';
import { type Connected, type Conversing, withClient } from './with-client.ts';

/** So much of a result is shown where it is not what was expected. */
const LONGEST_RESULT = 120;

/** Handshake in the era that the server speaks, `tools/list`, then `verify.call`, by the official client. */
export async function verifyMcp(conversing: Conversing, signal: AbortSignal): Promise<CheckResult> {
  const { target } = conversing;
  const worked = await withClient(conversing, signal, (connected) => check(connected, target));
  return worked.ok ? worked.value : worked.result;
}

async function check(
  connected: Connected,
  { verify, discreet }: Pick<ProbeTarget, 'verify' | 'discreet'>,
): Promise<CheckResult> {
  const tools = await listTools(connected);
  requireListed(tools, verify);
  if (verify.call) await requireAnswer(connected, verify.call, discreet);
  const era = connected.client.getProtocolEra();
  const surface = surfaceOf(tools);
  return {
    outcome: 'verified',
    ...(era !== undefined && { era }),
    tools: tools.map(({ name }) => name),
    surface,
    toolsHash: surfaceDigest(surface),
  };
}

function requireListed(listed: readonly ToolDefinition[], { tools, call }: Verify): void {
  const names = new Set(listed.map(({ name }) => name));
  const wanted = [...tools, ...(call ? [call.name] : [])];
  const missing = [...new Set(wanted)].filter((name) => !names.has(name));
  if (missing.length > 0) throw new CheckFailure(`does not list the tools ${missing.join(', ')}`);
}

async function requireAnswer(connected: Connected, call: ToolCall, discreet?: true): Promise<void> {
  const { isError, text } = await callTool(connected, call);
  const answered = discreet ? '' : `: ${toLine(text, LONGEST_RESULT)}`;
  if (isError) throw new CheckFailure(`the call of ${call.name} ended with an error${answered}`);
  if (call.expect === undefined || text.includes(call.expect)) return;
  throw new CheckFailure(`the call of ${call.name} answered something else${answered}`);
}
