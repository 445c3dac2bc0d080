import { note, say, sayJson, type CliCommand } from '../context.ts';
import { FAILED, OK } from '../exit-code.ts';
import { formatSpan } from '../../plan/format-span.ts';
import { openServer } from '../open-server.ts';
import { findManager, tellNoManager } from '../running-manager.ts';

const NO_MANAGER = 'No manager is running (start one with `mcp-manager run`).';

/** For a container's health check: 0 when a manager answers, 1 when none does. */
export const healthCommand: CliCommand = {
  define: (command) => command,
  examples: [['health', 'exit code 0 when a manager answers, also when it has troubles']],
  async run(context) {
    const { server } = context;
    const running = await (server
      ? openServer(context, server)
      : findManager(context, context.config()));
    if (running === undefined) {
      note(context, await tellNoManager(context, NO_MANAGER));
      return FAILED;
    }
    const { health } = running;
    if (context.json) sayJson(context, health);
    else {
      const age = formatSpan(context.clock() - health.startedAtMs);
      say(
        context,
        `Manager ${health.managerId} ${health.version}: pid ${health.pid}, mode ${health.mode}, runtime ${health.runtime}, up ${age}`,
      );
      for (const trouble of health.troubles) say(context, `  trouble: ${trouble}`);
    }
    return OK;
  },
};
