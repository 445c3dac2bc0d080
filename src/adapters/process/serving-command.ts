import { fileURLToPath } from 'node:url';
import { expandCommand } from '../../model/program.ts';
import type { DesiredService } from '../../model/service.ts';

const BRIDGE = fileURLToPath(new URL('../../programs/bridge/main.ts', import.meta.url));
/** What the bridge needs of a grace to end its children after the last open call. */
const END_S = 3;

export interface ServingCommand {
  /** Listens on the port. */
  readonly command: readonly string[];
  /** It ends what it has started by itself, and in good order. */
  readonly endsItsOwn: boolean;
}

/** The program of a service; one that speaks over standard input and output, behind the bridge (docs/bridge.md). */
export function toServingCommand(
  { spec, rollout }: DesiredService,
  instance: string,
  port: number,
): ServingCommand {
  const command = expandCommand(spec.command ?? [], port);
  if (spec.transport !== 'stdio') return { command, endsItsOwn: false };
  const drainS = Math.max(0, Math.floor(rollout.drainMs / 1_000) - END_S);
  const flags = {
    port: String(port),
    path: spec.path,
    instance,
    'drain-seconds': String(drainS),
    'stop-seconds': '1',
  };
  const told = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
  return { command: [process.execPath, BRIDGE, ...told, '--', ...command], endsItsOwn: true };
}
