import { AppError } from '../errors.ts';
import type { CommonOptions, WorksHere } from './context.ts';
import type { CliHost } from './host.ts';

interface Asked {
  /** The command's name. */
  readonly name: string;
  readonly worksHere: WorksHere;
  readonly options: CommonOptions;
}

/** Nothing is done here where a manager elsewhere was meant. An empty address names none. Throws REFUSED. */
export function refuseServer(
  { name, worksHere, options }: Asked,
  { environment }: Pick<CliHost, 'environment'>,
): void {
  const { why, variable } = worksHere;
  const { server } = options;
  if (server !== undefined && server !== '') {
    throw new AppError('REFUSED', `\`${name}\` takes no --server: ${why}`, {
      hint: 'call it where the manager runs',
    });
  }
  const isNamed = (environment['MCP_MANAGER_SERVER'] ?? '') !== '';
  if (server === '' || variable === 'ignored' || !isNamed) return;
  throw new AppError(
    'REFUSED',
    `MCP_MANAGER_SERVER names a manager elsewhere, and \`${name}\` works here alone: ${why}`,
    {
      hint: "call it where that manager runs, or add --server '' to mean the fleet of this machine",
    },
  );
}
