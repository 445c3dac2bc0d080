import { delimiter } from 'node:path';
import { AppError } from '../../errors.ts';
import { FOR_CHILD, SHIELDED } from '../../model/bridge.ts';
import { programVariables } from '../../model/program.ts';
import type { DesiredService } from '../../model/service.ts';
import type { SecretValues } from '../../ports.ts';

/** The variable by which everything that an instance started can be found again (programs/shim). */
const MARKER = 'MCP_MANAGER_INSTANCE';

/** All that a program gets of the manager's own environment; the rest may hold secrets. */
const INHERITED = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR'];

/** The variables of one process, as Node gives them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The service's own variables with their secrets. Throws SECRET_MISSING that names the variable. */
export function resolveEnvironment(
  { name, spec }: DesiredService,
  values: SecretValues,
): Record<string, string> {
  const entries = Object.entries(spec.env).map(([key, value]) => {
    const clear = typeof value === 'string' ? value : values.get(value.secret);
    if (clear === undefined)
      throw new AppError('SECRET_MISSING', `No value was given for the secret ${key} of ${name}.`);
    return [key, clear];
  });
  return Object.fromEntries(entries);
}

export interface EnvironmentParts {
  readonly inherited: Environment;
  /** Folder of the Node that runs the manager: its programs are found first. */
  readonly nodeFolder: string;
  readonly own: Readonly<Record<string, string>>;
  readonly service: DesiredService;
  readonly port: number;
  readonly marker: string;
}

/** Everything that one program gets: a few of ours, its own, and what the manager tells it. */
export function toEnvironment(parts: EnvironmentParts): Record<string, string> {
  const { inherited, nodeFolder, own, service, marker } = parts;
  const kept = INHERITED.flatMap((key) => {
    const value = inherited[key];
    return value === undefined ? [] : [[key, value]];
  });
  return {
    ...Object.fromEntries(kept),
    PATH: [nodeFolder, inherited['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'].join(delimiter),
    ...(service.spec.transport === 'stdio' ? shielded(own) : own),
    ...programVariables(service, parts.port),
    [MARKER]: marker,
  };
}

/** What must not reach the bridge stands where it finds it for its server (docs/bridge.md). */
function shielded(own: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const names: readonly string[] = SHIELDED;
  return Object.fromEntries(
    Object.entries(own).map(([name, value]) => [
      names.includes(name) ? `${FOR_CHILD}${name}` : name,
      value,
    ]),
  );
}
