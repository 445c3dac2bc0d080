import type { Health } from '../../control.ts';
import { note, say, sayJsonLine, type CliCommand, type CliContext } from '../context.ts';
import { chooseRuntime } from '../detect-runtime.ts';
import { OK } from '../exit-code.ts';
import { serveApi } from '../serve-api.ts';

interface RunOptions {
  readonly approve?: true;
}

/** The manager itself: until it is told to end, everything is kept as the documents say. */
export const runCommand: CliCommand<RunOptions> = {
  worksHere: { why: 'it is the manager', variable: 'ignored' },
  define: (command) =>
    command.option('--approve', 'only plan new changes, and wait for `mcp-manager apply`'),
  examples: [
    ['run --runtime process', 'tries it out with child processes; Ctrl-C ends all of them'],
    ['run --approve', 'heals by itself, but waits for `apply` with what is new'],
  ],
  async run(context, { approve }) {
    const config = await chooseRuntime(context.config(), context);
    const log = await context.openLog(config);
    const mode = approve === true ? 'approve' : 'auto';
    await using manager = await context.openManager(config, log, {
      mode,
      command: 'run',
      signal: context.signal,
    });
    const health = await manager.control.health();
    const { version } = context;
    const { stateFolder } = health;
    await using api = await serveApi({ manager, config, log, version, stateFolder });
    tellReady(context, health, { ...api, ...manager.access });
    await manager.run(context.signal);
    if (!context.json) note(context, toFarewell(health));
    return OK;
  },
};

interface Served {
  readonly socket: string;
  readonly url: string;
  readonly adminTokenFile?: string;
}

function tellReady(context: CliContext, health: Health, served: Served): void {
  const { socket, url, adminTokenFile } = served;
  if (context.json) {
    const token = adminTokenFile !== undefined && { adminTokenFile };
    return sayJsonLine(context, { ready: { ...health, socket, url, ...token } });
  }
  const { managerId, runtime, mode } = health;
  say(context, `Manager ${managerId} is ready: runtime ${runtime}, mode ${mode}.`);
  if (runtime === 'process') say(context, 'Services run as child processes, without isolation.');
  if (adminTokenFile === undefined) say(context, `The API is at ${url}.`);
  else say(context, `The API is at ${url}; a token for it lies in ${adminTokenFile}.`);
  say(context, `Asks are taken on ${socket}; see \`mcp-manager status\`. Ctrl-C ends the manager.`);
}

function toFarewell({ runtime }: Health): string {
  return runtime === 'process'
    ? 'The manager has ended, and its services with it.'
    : 'The manager has ended. Its services and their routes go on; `mcp-manager destroy` removes them.';
}
