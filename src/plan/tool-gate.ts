import type { ServiceHistory } from '../model/history.ts';
import type { ServiceStatus } from '../model/status.ts';
import { findUnapproved, type ToolRule, type UnapprovedTools } from '../model/tool-lock.ts';
import type { CheckResult, Verification } from '../model/verification.ts';
import type { Located } from './locate.ts';
import type { ServiceView } from './view.ts';

type Verified = CheckResult & { readonly outcome: 'verified' };

/** A release that passed once is never held to the lock again: what serves is not taken down for it. */
export function isGated(
  rule: ToolRule | undefined,
  { releases }: ServiceHistory,
  release: string,
): boolean {
  const passed = releases?.some((good) => good.release === release) ?? false;
  return rule?.mode === 'enforce' && !passed;
}

/** Why a release does not pass for its tools, with the way out; undefined when it does. */
export function toolRefusal(
  { name, toolRule, history }: ServiceView,
  { release }: Located,
  result: Verified,
): string | undefined {
  const found = isGated(toolRule, history, release) ? findUnapproved(toolRule, result) : undefined;
  return found && withWayOut(name, found);
}

/** The status with what became of the tools: with the release that runs, and against what was approved. */
export function withTools(
  status: ServiceStatus,
  { name, toolRule, history }: ServiceView,
  check: Verification | undefined,
): ServiceStatus {
  const { toolsChange } = history;
  const isCurrent = toolsChange !== undefined && toolsChange.release === status.release;
  const changed = isCurrent ? { toolsChange } : {};
  const result = check?.result;
  const found = result?.outcome === 'verified' ? findUnapproved(toolRule, result) : undefined;
  if (!found) return { ...status, ...changed };
  const told = { ...status, ...changed, ...(found.changes && { unapprovedTools: found.changes }) };
  if (status.state !== 'Running' || status.cause !== '') return told;
  const state = toolRule?.mode === 'enforce' ? 'Degraded' : 'Running';
  return { ...told, state, cause: withWayOut(name, found) };
}

function withWayOut(name: string, { message, changes }: UnapprovedTools): string {
  return changes ? `${message}; \`mcp-manager lock ${name}\` approves them` : message;
}
