import { AppError } from '../../errors.ts';
import type { Prober } from '../../ports.ts';
import { readBridgeLoad } from './bridge-load.ts';
import { workByHand } from './by-hand.ts';
import { callTool } from './call-tool.ts';
import { openControl } from './control.ts';
import { listTools } from './list-tools.ts';
import { checkHttp, checkTcp } from './plain-checks.ts';
import { probeMcp } from './probe-mcp.ts';
import { openSessionKeeper } from './session-keeper.ts';
import { openTimedChecks } from './timed-checks.ts';
import { verifyMcp } from './verify-mcp.ts';

export interface ProberOptions {
  /** Told to servers as the client's version. */
  readonly version?: string;
  /** A kept legacy session that no probe uses for so long is ended. Default: ten minutes. */
  readonly sessionIdleMs?: number;
}

/**
 * The Prober over HTTP (design §3, §9). Every check ends within `target.verify.timeoutMs` and reads
 * a bounded number of bytes; every legacy session that it opens is ended, at the latest by `close`.
 */
export function openProber(options: ProberOptions = {}): Prober {
  const version = options.version ?? '0.0.0';
  const sessions = openSessionKeeper({ idleMs: options.sessionIdleMs });
  const control = openControl();
  const checks = openTimedChecks();

  const verify: Prober['verify'] = (target, signal) =>
    checks.run(target, signal, async (deadline) => {
      switch (target.verify.kind) {
        case 'mcp':
          // A program that only just starts is asked forty times a second: a client each time is dear.
          await checkTcp(target, deadline);
          return verifyMcp({ target, version, sessions }, deadline);
        case 'http':
          return checkHttp(target, deadline);
        case 'tcp':
          return checkTcp(target, deadline);
        case 'none':
          return { outcome: 'verified' };
      }
    });

  return {
    verify,
    probe(target, last, signal) {
      // Without a verified surface to keep, only a whole verification can say that tools are there.
      if (target.verify.kind !== 'mcp' || last.outcome !== 'verified') {
        return verify(target, signal);
      }
      return checks.run(target, signal, async (deadline) => {
        const alive = await probeMcp({ target, last, version, sessions }, deadline);
        return alive ?? verifyMcp({ target, version, sessions }, deadline);
      });
    },
    openCalls: readBridgeLoad,
    listTools: (target, signal) => workByHand({ target, version, sessions }, signal, listTools),
    async callTool(target, call, signal) {
      const result = await workByHand({ target, version, sessions }, signal, async (connected) => {
        const tools = await listTools(connected);
        const isListed = tools.some(({ name }) => name === call.name);
        return isListed ? callTool(connected, call) : undefined;
      });
      if (result) return result;
      throw unlisted(target.service, call.name);
    },
    control: control.check,
    async close() {
      // Stopped checks leave sessions behind, so they come first.
      await checks.close();
      await Promise.all([sessions.close(), control.close()]);
    },
  };
}

function unlisted(service: string, tool: string): AppError {
  return new AppError('TOOL_UNKNOWN', `${service} does not list the tool ${tool}`, {
    hint: `\`mcp-manager tools ${service}\` tells those that it lists now`,
  });
}
