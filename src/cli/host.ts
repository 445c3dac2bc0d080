import type { Answers, Audit, Authenticator, RouteAuthority, Tokens } from '../access-ports.ts';
import type { Config, Environment } from '../config.ts';
import type { ApiControl } from '../api-control.ts';
import type { Inspection } from '../control.ts';
import type { ApiMetrics, Readiness } from '../metrics-ports.ts';
import type { EngineAnswer, EngineFacts } from '../model/engine.ts';
import type { Clock, Documents, Log } from '../ports.ts';
import type { Terminal } from './terminal.ts';

/** What commands need from outside; `main.ts` is the only one that makes a real one. */
export interface CliHost {
  readonly terminal: Terminal;
  readonly environment: Environment;
  readonly workingFolder: string;
  readonly packageTemplatesFolder: string;
  readonly packageTraefikFolder: string;
  readonly schemasFolder: string;
  readonly version: string;
  /** Who asks, for the history: login name and host. */
  readonly by: string;
  readonly clock: Clock;
  /** The person or the system wants this to end. */
  readonly signal: AbortSignal;
  readonly openDocuments: (config: Config) => Promise<Documents>;
  /** The id in the documents folder, without reading any document; undefined where there is none. */
  readonly readManagerId: (config: Config) => Promise<string | undefined>;
  readonly openLog: (config: Config) => Promise<Log>;
  readonly openManager: OpenManager;
  /** The file of tokens. */
  readonly openTokens: (path: string) => Promise<Tokens>;
  /** Ends the router that outlived its manager, if there is one in this state folder. */
  readonly endRouter: (stateFolder: string) => Promise<void>;
  readonly exists: (path: string) => Promise<boolean>;
  /** The user that this runs as; 0 is root. */
  readonly userId: number;
  readonly askSocket: (socket: string) => Promise<EngineAnswer>;
  /** The process of the router that serves this state folder, with a manager or without. */
  readonly findRouter: (stateFolder: string) => Promise<number | undefined>;
  /** Asks the engine on the socket, or without one the `podman` command, once; takes half a second. */
  readonly gatherEngineFacts: (socket: string | undefined) => Promise<EngineFacts>;
}

export interface OpenOptions {
  /**
   * `none`: a command that only looks, and writes nothing at all. `alone`: one that does the work itself
   * while no manager runs.
   */
  readonly mode: 'auto' | 'approve' | 'none' | 'alone';
  /** Whose lease it is, for people: `run`, `apply`. */
  readonly command?: string;
  /** As if no document named any service. */
  readonly nothingDesired?: true;
  /** Gives up waiting for the lease. */
  readonly signal: AbortSignal;
}

/** Who may use the API over the network. */
export interface Access {
  /** Absent: the API asks for no token. */
  readonly authenticator?: Authenticator;
  /** Whose tokens routers take. */
  readonly routeAuth?: RouteAuthority;
  /** Whether an address is that of a service, which may not call without a token. */
  readonly isOfService?: (address: string) => Promise<boolean>;
  /** The file with the token that the first start made, while it is there. */
  readonly adminTokenFile?: string;
}

/** The manager in this process. */
export interface Manager extends AsyncDisposable {
  readonly control: ApiControl;
  readonly inspection: Inspection;
  /** Who did what over the API. */
  readonly audit: Audit;
  readonly answers: Answers;
  readonly access: Access;
  /** Whether it does its work now; asks nobody outside. */
  readiness(): Readiness;
  /** Absent where no API is served. */
  readonly metrics?: ApiMetrics;
  /** Runs until the signal aborts; finishes or records running steps. Throws LEASE_HELD. */
  run(signal: AbortSignal): Promise<void>;
}

export type OpenManager = (config: Config, log: Log, options: OpenOptions) => Promise<Manager>;
