// Made from schemas/template.schema.json by `npm run gen`. Edit the schema, not this file.
// oxlint-disable typescript/no-duplicate-type-constituents

/**
 * Container image.
 */
export type Image = Placeholder;
/**
 * Text with `${parameter}` in it.
 */
export type Placeholder = string;
/**
 * Program and arguments, not a shell line. `${port}` is the port to listen on; `$${` is a literal `${`. A relative program starts in the folder of the file that says the command.
 *
 * @minItems 1
 * @maxItems 256
 */
export type Command = [string, ...string[]];
/**
 * A value in clear, or `{secret: "<reference>"}`.
 */
export type EnvDocument = string | number | boolean | SecretDocument;
/**
 * User (and group) by number.
 */
export type User = (number | string) | Placeholder;
/**
 * Port the server listens on inside its container.
 */
export type Port = number | Placeholder;
/**
 * Path of the MCP endpoint at that port.
 */
export type Path = Placeholder;
/**
 * Memory limit: bytes, or with a unit.
 */
export type Memory = (number | string) | Placeholder;
/**
 * CPU limit: cores, or thousandths of a core with `m`.
 */
export type Cpu = (number | string) | Placeholder;
/**
 * Limit of processes and threads.
 */
export type Pids = number | Placeholder;
/**
 * What is mounted: a list, or the platform's map of source to destination.
 *
 * @maxItems 64
 */
export type Volumes =
  | TemplateVolumeDocument[]
  | {
      [k: string]: string;
    };
/**
 * Address of a remote MCP server.
 */
export type Url = Placeholder;
/**
 * Text in clear, or `{secret: "<reference>"}`; never a secret in clear.
 */
export type HeaderDocument = string | HeaderSecretDocument;
/**
 * The platform's health check of a remote server: an MCP handshake takes its place.
 */
export type HealthCheck =
  | string
  | {
      [k: string]: unknown;
    };
/**
 * Kept for people.
 */
export type Tags = string[];

/**
 * One template: what services that name it start from. `${parameter}` in any string stands for a parameter's value, `$${` for a literal `${`. The AgentArea platform's own template files are accepted as they are.
 */
export interface TemplateDocument {
  /**
   * Tells an editor which schema this file follows.
   */
  $schema?: string;
  /**
   * For people only: a template is named by its file.
   */
  name?: string;
  /**
   * What the server does and what it needs, in a sentence.
   */
  description?: string;
  /**
   * JSON Schema (of type object) of what a service may say under `with`. A default may name other parameters.
   */
  parameters?: {
    [k: string]: unknown;
  };
  environments?: EnvironmentsDocument;
  /**
   * Environment variables that a service must set, in clear or as a secret.
   *
   * @maxItems 100
   */
  required_env_vars?: string[];
  image?: Image;
  command?: Command;
  url?: Url;
  headers?: Headers;
  labels?: Labels;
  env?: Env;
  user?: User;
  /**
   * How the program speaks MCP: `http` (Streamable HTTP), or `stdio`, on the runtime `process` only so far. `sse` is not supported yet.
   */
  transport?: 'http' | 'stdio' | 'sse';
  stdio?: StdioDocument;
  port?: Port;
  path?: Path;
  resources?: TemplateResourcesDocument;
  volumes?: Volumes;
  network?: NetworkDocument;
  rollout?: RolloutDocument;
  verify?: VerifyDocument;
  /**
   * Whom the router lets through to it. `token` takes any token of the manager's API; as a map it says which.
   */
  auth?: ('none' | 'token') | AuthDocument;
  /**
   * When the registry is asked for the image: `missing` for what is not on the machine, `always` before every instance and every ten minutes (a tag that moved replaces what runs), `never` not at all.
   */
  pull?: 'missing' | 'always' | 'never';
  environment?: Env1;
  /**
   * Memory limit: bytes, or with a unit.
   */
  memory_limit?: (number | string) | Placeholder;
  /**
   * CPU limit: cores, or thousandths of a core with `m`.
   */
  cpu_limit?: (number | string) | Placeholder;
  default_config?: DefaultConfigDocument;
  /**
   * The platform's word for where a server is; what else is written says so too.
   */
  type?: 'url' | 'docker';
  /**
   * Address of a remote MCP server.
   */
  endpoint?: Placeholder;
  /**
   * Address of a remote MCP server.
   */
  endpoint_url?: Placeholder;
  authentication?: AuthenticationDocument;
  health_check?: HealthCheck;
  /**
   * The platform's timeout of that check: not used.
   */
  timeout?: string | number;
  /**
   * Kept for people.
   */
  is_public?: boolean;
  tags?: Tags;
  /**
   * The platform's list of words about the server; kept for people.
   */
  capabilities?: string[];
}
/**
 * What differs by runtime; merged over the rest of the template.
 */
export interface EnvironmentsDocument {
  podman?: OverlayDocument;
  kubernetes?: OverlayDocument;
  process?: OverlayDocument;
}
/**
 * Fields that hold on one runtime only.
 */
export interface OverlayDocument {
  image?: Image;
  command?: Command;
  labels?: Labels;
  env?: Env;
  user?: User;
  /**
   * How the program speaks MCP: `http` (Streamable HTTP), or `stdio`, on the runtime `process` only so far. `sse` is not supported yet.
   */
  transport?: 'http' | 'stdio' | 'sse';
  stdio?: StdioDocument;
  port?: Port;
  path?: Path;
  resources?: TemplateResourcesDocument;
  volumes?: Volumes;
  network?: NetworkDocument;
  rollout?: RolloutDocument;
  verify?: VerifyDocument;
  /**
   * Whom the router lets through to it. `token` takes any token of the manager's API; as a map it says which.
   */
  auth?: ('none' | 'token') | AuthDocument;
  /**
   * When the registry is asked for the image: `missing` for what is not on the machine, `always` before every instance and every ten minutes (a tag that moved replaces what runs), `never` not at all.
   */
  pull?: 'missing' | 'always' | 'never';
}
/**
 * Labels of every service made from this template.
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
export interface TemplateResourcesDocument {
  memory?: Memory;
  cpu?: Cpu;
  pids?: Pids;
}
/**
 * One mount.
 */
export interface TemplateVolumeDocument {
  /**
   * Name of the volume.
   */
  name?: string;
  /**
   * Volume name or host path.
   */
  source?: string;
  /**
   * Absolute path inside the instance.
   */
  destination: string;
  /**
   * Whether the instance can only read it.
   */
  readOnly?: boolean;
  /**
   * The platform's spelling of `readOnly`.
   */
  read_only?: boolean;
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
 * Environment variables. Text, numbers and booleans are taken exactly as written; a secret is a reference, never a value.
 */
export interface Env1 {
  [k: string]: EnvDocument;
}
/**
 * The platform's older form: defaults in a map of their own.
 */
export interface DefaultConfigDocument {
  image?: Image;
  port?: Port;
  environment?: Env;
  memory_limit?: Memory;
  cpu_limit?: Cpu;
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
