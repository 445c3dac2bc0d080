import { fileURLToPath } from 'node:url';
import { bridgeFlags } from '../../model/bridge.ts';
import { expandCommand } from '../../model/program.ts';
import type { DesiredService } from '../../model/service.ts';

const BRIDGE = fileURLToPath(new URL('../../programs/bridge/main.ts', import.meta.url));

export interface ServingCommand {
  /** Listens on the port. */
  readonly command: readonly string[];
  /** It ends what it has started by itself, and in good order. */
  readonly endsItsOwn: boolean;
}

/** The program of a service; one that speaks over standard input and output, behind the bridge (docs/bridge.md). */
export function toServingCommand(
  service: DesiredService,
  instance: string,
  port: number,
): ServingCommand {
  const { command: own = [], transport } = service.spec;
  const command = expandCommand(own, port);
  if (transport !== 'stdio') return { command, endsItsOwn: false };
  const flags = bridgeFlags(service, { instance, port });
  return { command: [process.execPath, BRIDGE, ...flags, '--', ...command], endsItsOwn: true };
}
