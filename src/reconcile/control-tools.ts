import type { Control, ListedTool, ToolReport } from '../control.ts';
import { AppError } from '../errors.ts';
import type { ServiceHistory } from '../model/history.ts';
import type { ServicePlan } from '../model/plan.ts';
import type { Desired, DesiredService } from '../model/service.ts';
import { lockModeOf, type RecordedTools, type ToolLock } from '../model/tool-lock.ts';
import { toolDigest, type ToolDefinition, type ToolSurface } from '../model/tool-surface.ts';
import type { ProbeTarget } from '../model/verification.ts';
import type { Documents, Prober, Store } from '../ports.ts';
import { approveTools, type WriteApproval } from './approve-tools.ts';
import type { Wake } from './loop.ts';
import type { OneAtATime } from './one-at-a-time.ts';

export interface ToolControlOptions {
  readonly prober: Prober;
  readonly store: Store;
  readonly desired: () => Desired;
  readonly refresh: () => Promise<unknown>;
  /** The plan of one service as it is seen now, if anything of it is left to plan. Throws SERVICE_UNKNOWN. */
  readonly planOf: (service: string) => Promise<ServicePlan | undefined>;
  readonly documents: Documents;
  readonly writeApproval: WriteApproval;
  /** Shared by all who write. */
  readonly inTurn: OneAtATime;
  readonly wake: (wake: Wake) => void;
}

/** Looks at the tools of running instances, and calls them, for people. */
export function createToolControl(
  options: ToolControlOptions,
): Pick<Control, 'tools' | 'callTool' | 'recordedTools' | 'approveTools'> {
  const { prober, store, desired, refresh, planOf, inTurn, wake } = options;
  const findTarget = async (service: string): Promise<ProbeTarget> => {
    const planned = await planOf(service);
    if (!planned) throw new AppError('SERVICE_UNKNOWN', `there is no service ${service}`);
    const { status, probes = [] } = planned;
    const [newest] = probes.toSorted((a, b) => b.startedAtMs - a.startedAtMs);
    if (newest) return newest;
    throw new AppError('MCP_FAILED', `${service} has no running instance that speaks MCP`, {
      hint: `it is ${status.state}: \`mcp-manager get ${service}\` tells more`,
    });
  };
  const recordedTools = async (): Promise<readonly RecordedTools[]> => {
    await refresh();
    const histories = store.histories();
    return desired().services.flatMap((service) => toRecorded(service, histories));
  };
  return {
    async tools(service) {
      const target = await findTarget(service);
      const listed = await prober.listTools(target, never());
      return toReport(target, listed, desired().toolLock);
    },
    async callTool({ service, tool, arguments: input }) {
      const target = await findTarget(service);
      return prober.callTool(target, { name: tool, arguments: input }, never());
    },
    recordedTools,
    approveTools: (service) =>
      inTurn(async () => {
        const approval = await approveTools(options, await recordedTools(), service);
        wake({ names: [service], documents: true });
        return approval;
      }),
  };
}

function toReport(
  { service, release, verify }: ProbeTarget,
  listed: readonly ToolDefinition[],
  toolLock: ToolLock | undefined,
): ToolReport {
  const approved = toolLock?.services.get(service)?.tools;
  const names = new Set(listed.map(({ name }) => name));
  const tools = listed.map((tool): ListedTool => ({
    ...tool,
    standing: standingOf(tool, approved),
  }));
  const missing = Object.keys(approved ?? {}).filter((name) => !names.has(name));
  return { service, release, lock: lockModeOf(verify), tools, missing };
}

function standingOf(
  tool: ToolDefinition,
  approved: ToolSurface | undefined,
): ListedTool['standing'] {
  if (approved === undefined) return 'not locked';
  if (!Object.hasOwn(approved, tool.name)) return 'added';
  return approved[tool.name] === toolDigest(tool) ? 'approved' : 'changed';
}

/** Of a version that was refused for its tools, as long as it is wanted, those; else of what is good. */
function toRecorded(
  { name, revision }: DesiredService,
  histories: ReadonlyMap<string, ServiceHistory>,
): readonly RecordedTools[] {
  const { releases, refusedTools } = histories.get(name) ?? {};
  if (refusedTools?.revision === revision) {
    const { release, tools } = refusedTools;
    return [{ service: name, release, tools }];
  }
  const good = releases?.[0];
  return good?.tools ? [{ service: name, release: good.release, tools: good.tools }] : [];
}

function never(): AbortSignal {
  return new AbortController().signal;
}
