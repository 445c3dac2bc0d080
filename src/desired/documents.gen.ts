// Made from schemas/desired.schema.json by `npm run gen`. Edit the schema, not this file.
// oxlint-disable typescript/no-duplicate-type-constituents

/**
 * Name of a template: the file `<name>.json` in the templates folder. Every field written here overrides the template's; maps are merged.
 */
export type Template = string;
/**
 * Container image. With `command`, the command runs inside it.
 */
export type Image = string;
/**
 * Program and arguments, not a shell line. `${port}` is the port to listen on; `$${` is a literal `${`. A relative program starts in the folder of the file that says the command.
 *
 * @minItems 1
 * @maxItems 256
 */
export type Command = [string, ...string[]];
/**
 * Address of a remote MCP server: nothing runs here, it is routed and verified. Addresses that are not public only where the operator allows them.
 */
export type Url = string;
/**
 * Text in clear, or `{secret: "<reference>"}`; never a secret in clear.
 */
export type HeaderDocument = string | HeaderSecretDocument;
/**
 * A value in clear, or `{secret: "<reference>"}`.
 */
export type EnvDocument = string | number | boolean | SecretDocument;
/**
 * User (and group) by number. Root, and names that could be root in the image, only where the operator's policy allows.
 */
export type User = number | string;
/**
 * How the program speaks MCP: `http` (Streamable HTTP), or `stdio`, on the runtime `process` only so far. `sse` is not supported yet.
 */
export type Transport = 'http' | 'stdio' | 'sse';
/**
 * Port the server listens on inside its container.
 */
export type Port = number;
/**
 * Path of the MCP endpoint at that port.
 */
export type Path = string;
/**
 * Bytes, or with a unit: `256Mi`, `1Gi` (or as Docker writes the same: `256m`, `1g`).
 */
export type Memory = number | string;
/**
 * Cores, or thousandths of a core with `m`.
 */
export type Cpu = number | string;
/**
 * How many processes and threads an instance may have.
 */
export type Pids = number;
/**
 * How many instances run at once, with the traffic spread over them.
 */
export type Replicas = number;
/**
 * What is mounted into the instance.
 *
 * @maxItems 64
 */
export type Volumes = VolumeDocument[];
/**
 * Whom the router lets through to it. `token` takes any token of the manager's API; as a map it says which.
 */
export type Auth = ('none' | 'token') | AuthDocument;
/**
 * When the registry is asked for the image: `missing` for what is not on the machine, `always` before every instance and every ten minutes (a tag that moved replaces what runs), `never` not at all.
 */
export type Pull = 'missing' | 'always' | 'never';
/**
 * `off` stops the service and keeps it declared; the commands `stop` and `start` edit this field.
 */
export type Power = 'on' | 'off' | true | false;
/**
 * Never removed because it disappeared from the documents.
 */
export type Protected = boolean;
/**
 * Id of a running container that this service takes over without a restart; `mcp-manager import` writes it. The container serves until the service is changed here, then it is replaced by one of the manager's own.
 */
export type Adopt = string;
/**
 * Where it runs: `podman`, `kubernetes` or `process`. Default: the detected one.
 */
export type Runtime = string;
/**
 * Public path name: the service is reached at `/mcp/<slug>`. Default: the service's name.
 */
export type Slug = string;
/**
 * The platform's word for where a server is; what else is written says so too.
 */
export type PlatformType = 'url' | 'docker';
/**
 * The platform's health check of a remote server: an MCP handshake takes its place.
 */
export type HealthCheck =
  | string
  | {
      [k: string]: unknown;
    };
/**
 * The platform's timeout of that check: not used.
 */
export type HealthTimeout = string | number;
/**
 * Kept for people.
 */
export type IsPublic = boolean;
/**
 * Kept for people.
 */
export type Tags = string[];

/**
 * One document of the desired set: any number of MCP services that mcp-manager keeps running.
 */
export interface DesiredDocument {
  /**
   * Version of this format.
   */
  apiVersion: 'mcp-manager/v1';
  /**
   * The services by name. A name is used once in the whole folder: lower case letters, digits and dashes, at most 50 characters.
   */
  services: {
    [k: string]: ServiceDocument;
  };
}
/**
 * One MCP service: from a template, an image, a command, or a remote URL.
 *
 * This interface was referenced by `undefined`'s JSON-Schema definition
 * via the `patternProperty` "^[a-z0-9]([-a-z0-9]{0,48}[a-z0-9])?$".
 */
export interface ServiceDocument {
  template?: Template;
  with?: With;
  image?: Image;
  command?: Command;
  url?: Url;
  headers?: Headers;
  labels?: Labels;
  env?: Env;
  user?: User;
  transport?: Transport;
  stdio?: StdioDocument;
  port?: Port;
  path?: Path;
  resources?: ResourcesDocument;
  replicas?: Replicas;
  volumes?: Volumes;
  network?: NetworkDocument;
  rollout?: RolloutDocument;
  verify?: VerifyDocument;
  auth?: Auth;
  pull?: Pull;
  power?: Power;
  protected?: Protected;
  adopt?: Adopt;
  runtime?: Runtime;
  slug?: Slug;
  type?: PlatformType;
  /**
   * The platform's spelling of `url`.
   */
  endpoint?: string;
  /**
   * The spelling of `url` in the platform's form for external servers.
   */
  endpoint_url?: string;
  authentication?: AuthenticationDocument;
  health_check?: HealthCheck;
  timeout?: HealthTimeout;
  is_public?: IsPublic;
  tags?: Tags;
  platform?: PlatformDocument;
}
/**
 * Values for the template's parameters.
 */
export interface With {
  [k: string]: unknown;
}
/**
 * What every request to the remote `url` carries, in place of headers of the same names from clients.
 */
export interface Headers {
  [k: string]: HeaderDocument;
}
/**
 * A reference to a secret value, which is fetched only when the service is made.
 */
export interface HeaderSecretDocument {
  /**
   * `/path#KEY` (default provider), `env:NAME`, `file:folder/key`, or the platform's `secret_ref:…`.
   */
  secret: string;
  /**
   * What stands before the value.
   */
  prefix?: string;
}
/**
 * Your own labels, for `--selector team=search` in every list command. Names under `mcp-manager.io/` are the manager's.
 */
export interface Labels {
  [k: string]: string;
}
/**
 * Environment variables. Text, numbers and booleans are taken exactly as written; a secret is a reference, never a value.
 */
export interface Env {
  [k: string]: EnvDocument;
}
/**
 * A reference to a secret value, which is fetched only when an instance is made.
 */
export interface SecretDocument {
  /**
   * `/path#KEY` (default provider), `env:NAME`, `file:folder/key`, or the platform's `secret_ref:…`.
   */
  secret: string;
}
/**
 * How a program of `transport: stdio` is served to many clients.
 */
export interface StdioDocument {
  /**
   * `session`: each session of an older client has a program of its own; `shared`: one program serves all. Clients of 2026-07-28 have no sessions and share one in any case.
   */
  isolation?: 'session' | 'shared';
  /**
   * The most programs for sessions; default: what `resources` can carry, up to 64. Who comes when all are taken is told to come again later.
   */
  maxChildren?: number;
  /**
   * Programs that are started before anybody asks for them.
   */
  prewarm?: number;
  /**
   * Whether clients of the transport of 2024-11-05 are served too, at `/sse` below the service's URL.
   */
  sse?: boolean;
}
/**
 * Limits of one instance.
 */
export interface ResourcesDocument {
  memory?: Memory;
  cpu?: Cpu;
  pids?: Pids;
}
/**
 * One mount: a named volume, or a host path where the operator's policy allows it.
 */
export interface VolumeDocument {
  /**
   * Name of the volume; made when it is missing, kept when the service goes.
   */
  name?: string;
  /**
   * In place of `name`: a volume name, or an absolute host path under one of the allowed roots.
   */
  source?: string;
  /**
   * The volume was there before: it is the engine's volume of exactly this name, and the manager neither makes nor removes it.
   */
  external?: boolean;
  /**
   * Absolute path inside the instance.
   */
  destination: string;
  /**
   * Whether the instance can only read it.
   */
  readOnly?: boolean;
}
/**
 * What the service may reach.
 */
export interface NetworkDocument {
  /**
   * `all`: the outside world; `none`: nothing but its callers.
   */
  egress?: 'all' | 'none';
}
/**
 * How a new release takes over.
 */
export interface RolloutDocument {
  /**
   * `surge`: the new one runs beside the old until it has proven itself. `recreate`: the old one stops first. Default: `surge`, but `recreate` where a volume is written.
   */
  strategy?: 'recreate' | 'surge';
  /**
   * How long a new release may take until it is verified.
   */
  deadline?: string;
  /**
   * How long it must stay verified before it counts as good.
   */
  stableFor?: string;
  /**
   * How long open calls may take to end at what is replaced or stops.
   */
  drain?: string;
  /**
   * `rollback` to the last good release, or `hold` the new one for a look.
   */
  onFailure?: 'rollback' | 'hold';
}
/**
 * What must hold before traffic is sent, and is asked again while it runs.
 */
export interface VerifyDocument {
  /**
   * `mcp`: handshake and tool list; `http`: an answer below 400 at the path; `tcp`: a connection; `none`: running is enough.
   */
  kind?: 'mcp' | 'http' | 'tcp' | 'none';
  /**
   * Tools that must be listed.
   *
   * @maxItems 1000
   */
  tools?: string[];
  /**
   * Time between two checks of a running instance.
   */
  every?: string;
  /**
   * How long one check may take.
   */
  timeout?: string;
  /**
   * How long an instance may take from its start until it passes for the first time; default: `rollout.deadline`. A release that passed before is started again when it is late, a new one has failed.
   */
  startup?: string;
  /**
   * What it means when the tools differ from those in `tools.lock.yaml`: nothing (`off`), a warning and an event (`warn`), or that a release does not pass (`enforce`). What is not in that file is not locked.
   */
  lock?: 'off' | 'warn' | 'enforce';
  call?: ToolCallDocument;
}
/**
 * A tool call that must succeed before traffic is sent. It is made after the tools were listed, again and again until it passes, and not by the checks of a running instance: it must be safe to repeat.
 */
export interface ToolCallDocument {
  /**
   * The tool.
   */
  name: string;
  /**
   * What it is called with.
   */
  arguments?: {
    [k: string]: unknown;
  };
  /**
   * Text that the result must contain. Without it, any result that is no error will do.
   */
  expect?: string;
}
/**
 * Which tokens the router takes for it.
 */
export interface AuthDocument {
  /**
   * A token is asked for.
   */
  mode?: 'token';
  needs?: AuthNeedsDocument;
  /**
   * Whether the server gets the token as well. What it gets it can use.
   */
  passToken?: boolean;
}
/**
 * What a token must have; all that is said must hold.
 */
export interface AuthNeedsDocument {
  /**
   * The least role.
   */
  role?: 'read' | 'write' | 'admin';
  /**
   * Ids of the tokens that are taken, as `mcp-manager token list` shows them. Default: any.
   *
   * @minItems 1
   * @maxItems 50
   */
  tokens?: [string, ...string[]];
}
/**
 * The platform's spelling of the header `Authorization: Bearer <token>`.
 */
export interface AuthenticationDocument {
  /**
   * The only kind there is.
   */
  type: 'bearer';
  /**
   * A reference, never the token itself.
   */
  token: string | SecretDocument;
}
/**
 * Written by the manager for services that the AgentArea platform made; not meant for people.
 */
export interface PlatformDocument {
  /**
   * The platform's id of the instance.
   */
  instanceId?: string;
  /**
   * The name as the platform shows it.
   */
  serviceName?: string;
  /**
   * The platform's workspace.
   */
  workspaceId?: string;
}
