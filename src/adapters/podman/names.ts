const INSTANCE_NAME = /^mcp-(?<service>.+)-[0-9a-f]{8}-\d+$/;

/** The service whose instance has this name; undefined for other names. */
export function serviceInName(name: string): string | undefined {
  return INSTANCE_NAME.exec(name)?.groups?.['service'];
}
