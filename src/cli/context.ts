import type { Command } from 'commander';
import { readConfig, type Config, type Environment } from '../config.ts';
import type { Paint } from '../plan/format-symbol.ts';
import type { CliHost } from './host.ts';
import { createPaint } from './terminal.ts';

/** Flags that every command takes. */
export interface CommonOptions {
  readonly desired?: string;
  readonly templates?: string;
  readonly stateDir?: string;
  readonly runtime?: string;
  readonly server?: string;
  readonly tokenFile?: string;
  readonly json?: true;
  /** commander's form of `--no-color`. */
  readonly color?: boolean;
}

/** A manager that is asked over the network. */
export interface Server {
  readonly url: string;
  /** Absent: without a token. */
  readonly tokenFile?: string;
}

/** What one call of one command works with. */
export interface CliContext extends CliHost {
  readonly json: boolean;
  /** Configuration by flags and environment. Throws CONFIG_INVALID: only who needs it may read it. */
  readonly config: () => Config;
  readonly color: boolean;
  readonly paint: Paint;
  /** Whom to ask instead of the manager of this machine. */
  readonly server?: Server;
}

/** A command that asks no manager elsewhere. */
export interface WorksHere {
  /** What it works on that lies here. */
  readonly why: string;
  /** Where the variable names a manager elsewhere: nothing follows for what is no matter of a fleet. */
  readonly variable: 'refused' | 'ignored';
}

/** One command: its arguments and flags, and what it does. Answers the exit code. */
export interface CliCommand<Options = object> {
  readonly define: (command: Command) => Command;
  /** Command lines without the program's name, each with what it is for. */
  readonly examples: readonly (readonly [line: string, purpose: string])[];
  /** Absent: it asks a manager elsewhere where one is named. */
  readonly worksHere?: WorksHere;
  /** The exit code of any error; default: by the error's code. */
  readonly errorCode?: number;
  run(context: CliContext, options: Options, names: readonly string[]): Promise<number>;
}

export function createContext(host: CliHost, options: CommonOptions): CliContext {
  const { terminal, environment, workingFolder } = host;
  const { packageTemplatesFolder, packageTraefikFolder } = host;
  const server = serverOf(options, environment);
  const plain = options.color === false || (environment['NO_COLOR'] ?? '') !== '';
  const color = terminal.isTerminal && !plain;
  return {
    ...host,
    json: options.json === true,
    color,
    paint: createPaint(color),
    ...(server && { server }),
    config: () =>
      readConfig({
        environment,
        flags: {
          DESIRED_DIR: options.desired,
          TEMPLATES_DIR: options.templates,
          STATE_DIR: options.stateDir,
          BACKEND_ENVIRONMENT: options.runtime,
          NO_COLOR: options.color === false ? '1' : undefined,
        },
        workingFolder,
        packageTemplatesFolder,
        packageTraefikFolder,
      }),
  };
}

/** Flags win; the token itself stands in neither, where others could read it. */
function serverOf(options: CommonOptions, environment: Environment): Server | undefined {
  const url = options.server ?? environment['MCP_MANAGER_SERVER'];
  const tokenFile = options.tokenFile ?? environment['MCP_MANAGER_TOKEN_FILE'];
  if (url === undefined || url === '') return undefined;
  return { url, ...(tokenFile && { tokenFile }) };
}

/** One line on standard output. */
export function say({ terminal }: Pick<CliHost, 'terminal'>, line: string): void {
  terminal.write(`${line}\n`);
}

/** One line beside the product. */
export function note({ terminal }: Pick<CliHost, 'terminal'>, line: string): void {
  terminal.writeError(`${line}\n`);
}

/** One object as one line (NDJSON), or as a document that a person can also read. */
export function sayJson({ terminal }: Pick<CliHost, 'terminal'>, value: unknown): void {
  terminal.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

export function sayJsonLine({ terminal }: Pick<CliHost, 'terminal'>, value: unknown): void {
  terminal.write(`${JSON.stringify(value)}\n`);
}
