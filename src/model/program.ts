import type { DesiredService } from './service.ts';

/** What every program is told about itself, on all runtimes; wins over the service's own variables. */
export function programVariables(
  { name, platform }: Pick<DesiredService, 'name' | 'platform'>,
  port: number,
): Readonly<Record<string, string>> {
  const told = String(port);
  return {
    PORT: told,
    MCP_PORT: told,
    MCP_CONTAINER_PORT: told,
    MCP_SERVICE_NAME: platform?.serviceName ?? name,
    MCP_INSTANCE_ID: platform?.instanceId ?? name,
  };
}

/** The command with the port at which the program shall listen, in place of each `${port}`. */
export function expandCommand(command: readonly string[], port: number): string[] {
  return command.map((part) => part.replaceAll('${port}', String(port)));
}
