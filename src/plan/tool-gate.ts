import type { ServiceHistory } from '../model/history.ts';
import type { ServiceStatus } from '../model/status.ts';
import {
  findUnapproved,
  lockModeOf,
  type ToolRule,
  type UnapprovedTools,
} from '../model/tool-lock.ts';
import type { CheckResult, Verification } from '../model/verification.ts';
import type { Located } from './locate.ts';
import type { ServiceView } from './view.ts';

type Verified = CheckResult & { readonly outcome: 'verified' };

/** A release that passed once is never held to the lock again: what serves is not taken down for it. */
export function isGated(
  rule: ToolRule | undefined,
  { goodRelease }: ServiceHistory,
  release: string,
): boolean {
  return rule?.mode === 'enforce' && goodRelease !== release;
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

/** What a running instance shows of its tools: what came with its release, and what nobody approved. */
export function toolStatus(
  { toolRule, history }: ServiceView,
  { release }: Located,
  check: Verification | undefined,
): Pick<ServiceStatus, 'toolsChange' | 'unapprovedTools'> {
  const { toolsChange } = history;
  const result = check?.result;
  const found = result?.outcome === 'verified' ? findUnapproved(toolRule, result) : undefined;
  return {
    ...(toolsChange?.release === release && { toolsChange }),
    ...(found?.changes && { unapprovedTools: found.changes }),
  };
}

/** Tools that nobody approved are told of what runs well; where the lock is to be kept, it does not. */
export function withToolTrouble(
  status: ServiceStatus,
  { name, desired, toolRule }: ServiceView,
  check: Verification | undefined,
): ServiceStatus {
  const result = check?.result;
  const found = result?.outcome === 'verified' ? findUnapproved(toolRule, result) : undefined;
  if (!found || !desired || status.state !== 'Running' || status.cause !== '') return status;
  const state = lockModeOf(desired.verify) === 'enforce' ? 'Degraded' : 'Running';
  return { ...status, state, cause: withWayOut(name, found) };
}

function withWayOut(name: string, { message, changes }: UnapprovedTools): string {
  return changes ? `${message}; \`mcp-manager lock ${name}\` approves them` : message;
}
