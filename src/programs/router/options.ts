import { parseArgs } from 'node:util';

export interface RouterOptions {
  readonly routesFile: string;
  readonly controlSocket: string;
  /** Where the manager says whose tokens are good; absent: those of nobody. */
  readonly managerSocket?: string;
  /** Where the manager's API is; absent: it is not served here. */
  readonly apiUrl?: string;
  /** Names by which clients call it, beside those of this machine; lower case, without ports. */
  readonly hostNames: readonly string[];
  readonly host: string;
  readonly port: number;
  /** Where remote services are reached on this machine; 0, or another where it is taken. */
  readonly remotesPort: number;
  /** Lives on when the pipe to the program that started it closes. */
  readonly keep: boolean;
  /** Given back in the status, so that whoever finds this program knows whether it is the one wanted. */
  readonly fingerprint: string;
}

/** Command line of the router program → options. Throws an Error that names the wrong argument. */
export function parseOptions(args: readonly string[]): RouterOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      routes: { type: 'string' },
      control: { type: 'string' },
      manager: { type: 'string' },
      api: { type: 'string' },
      'host-name': { type: 'string', multiple: true, default: [] },
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '7999' },
      'remotes-port': { type: 'string', default: '0' },
      keep: { type: 'boolean', default: false },
      fingerprint: { type: 'string', default: '' },
    },
  });
  const { routes, control, host, keep, fingerprint } = values;
  const port = toPort('port', values.port);
  const remotesPort = toPort('remotes-port', values['remotes-port']);
  if (routes === undefined) throw new Error('--routes FILE is missing');
  if (control === undefined) throw new Error('--control SOCKET is missing');
  return {
    routesFile: routes,
    controlSocket: control,
    ...(values.manager !== undefined && { managerSocket: values.manager }),
    ...(values.api !== undefined && { apiUrl: values.api }),
    hostNames: values['host-name'],
    host,
    port,
    remotesPort,
    keep,
    fingerprint,
  };
}

function toPort(name: string, text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`--${name} ${text} is no port`);
}
