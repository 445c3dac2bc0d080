import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { AppError } from './errors.ts';
import { readApiConfig, type ApiConfig } from './api-config.ts';
import { type CoreConfig, readCoreConfig } from './core-config.ts';
import { hostOf } from './model/host-name.ts';
import type { ServiceLimit } from './model/service-limit.ts';
import type { SettingReader } from './setting.ts';
import { SETTINGS, TRAEFIK_FILE } from './settings.ts';

/** Variables as the process got them; empty means unset. */
export type Environment = Readonly<Record<string, string | undefined>>;

export type RuntimeName = 'podman' | 'process' | 'memory';

/** What the operator chose, with every default filled in. Folders are absolute. */
export interface Config {
  readonly desiredFolder: string;
  readonly templatesFolder: string;
  /** As `STATE_DIR` says; otherwise it follows from the manager id: use `stateFolderOf`. */
  readonly stateFolder?: string;
  /** Holds one folder per manager id. */
  readonly stateRoot: string;
  /** As asked; absent when it must be detected. */
  readonly runtime?: RuntimeName;
  /** Path of the unix socket of the engine that was chosen; present once the runtime is podman. */
  readonly engineSocket?: string;
  /** As CONTAINER_HOST and DOCKER_HOST say; they may name other machines. Never logged. */
  readonly containerHost?: string;
  readonly dockerHost?: string;
  /** Where logins at registries are read from, and from nowhere else. */
  readonly registryAuthFile?: string;
  readonly managerId?: string;
  readonly router: 'embedded' | 'traefik' | 'none';
  readonly routerPort: number;
  readonly traefik: TraefikConfig;
  readonly api: ApiConfig;
  /** Public base URL without a slash at its end. */
  readonly publicUrl?: string;
  readonly redisUrl?: string;
  readonly redisStream: string;
  readonly core: CoreConfig;
  readonly secretsProvider: 'environment' | 'file';
  readonly secretsFolder?: string;
  readonly secretsPrefixes: readonly string[];
  readonly maxPrunePercent: number;
  readonly resyncMs: number;
  readonly deepMs: number;
  readonly policy: PolicyConfig;
  readonly limit: ServiceLimit;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly logFormat?: 'json' | 'text';
  readonly color: boolean;
  /** What adapters may pick from (secrets, PATH of child processes). Never logged. */
  readonly environment: Environment;
}

/** Used with `router: 'traefik'`. */
export interface TraefikConfig {
  /** The one file that is written for it, absolute. */
  readonly file: string;
  readonly apiUrl?: string;
}

/** What an operator allows in documents; as src/desired/policy.ts takes it. */
export interface PolicyConfig {
  readonly allowRoot: boolean;
  /** Empty allows all. */
  readonly allowedImages: readonly string[];
  readonly allowedVolumeRoots: readonly string[];
  /** CIDR ranges. */
  readonly allowedRemoteAddresses: readonly string[];
  readonly allowHostCommands: boolean;
  readonly maxServices?: number;
  readonly maxMemoryBytes?: number;
  readonly maxCpu?: number;
  readonly maxPids?: number;
  readonly maxReplicas?: number;
}

export interface ConfigOptions {
  readonly environment: Environment;
  /** By name of the variable that they stand for; they win over the environment. */
  readonly flags: Environment;
  readonly workingFolder: string;
  /** The templates that are shipped beside the program. */
  readonly packageTemplatesFolder: string;
  /** Traefik's folder beside the program. */
  readonly packageTraefikFolder: string;
}

/** Environment and flags as Config, or AppError CONFIG_INVALID that lists every mistake, one a line. */
export function readConfig(options: ConfigOptions): Config {
  const read = createReader(options);
  const { workingFolder } = options;
  const managed = {
    ...toPlaces(read, options),
    ...toRouting(read, options),
    ...toServices(read),
  };
  const hasRedis = managed.redisUrl !== undefined;
  const config = {
    ...managed,
    ...toOutput(read),
    api: readApiConfig(read, workingFolder),
    core: readCoreConfig(read, { workingFolder, hasRedis }),
  };
  if (read.mistakes.length === 0) return { ...config, environment: options.environment };
  const mistakes = read.mistakes.map((mistake) => `\n  ${mistake}`);
  throw new AppError('CONFIG_INVALID', `the configuration has mistakes:${mistakes.join('')}`);
}

/** Names by which clients may call beside those of this machine, without ports. */
export function allowedHostsOf({ api, publicUrl }: Pick<Config, 'api' | 'publicUrl'>) {
  const urls = [publicUrl, api.serviceUrl].filter((url) => url !== undefined);
  return [...api.allowedHosts, api.host, ...urls.map((url) => hostOf(new URL(url).host))];
}

/** Where one manager keeps its state: `STATE_DIR`, or a folder of its own under the state root. */
export function stateFolderOf(config: Config, managerId: string): string {
  return config.stateFolder ?? join(config.stateRoot, managerId);
}

function toPlaces(read: SettingReader, { environment, workingFolder, ...options }: ConfigOptions) {
  const absolute = (folder: string): string => resolve(workingFolder, folder);
  const state = read.optional(SETTINGS.state);
  const secrets = read.optional(SETTINGS.secretsFolder);
  const logins = read.optional(SETTINGS.registryAuthFile);
  return {
    desiredFolder: absolute(read.required(SETTINGS.desired)),
    templatesFolder: absolute(read.optional(SETTINGS.templates) ?? options.packageTemplatesFolder),
    ...(state !== undefined && { stateFolder: absolute(state) }),
    stateRoot: join(stateHome(environment), 'mcp-manager'),
    ...(logins !== undefined && { registryAuthFile: absolute(logins) }),
    secretsProvider: read.required(SETTINGS.secretsProvider),
    ...(secrets !== undefined && { secretsFolder: absolute(secrets) }),
    secretsPrefixes: read.required(SETTINGS.secretsPrefixes),
  } as const;
}

function toServices(read: SettingReader) {
  const runtime = read.optional(SETTINGS.runtime);
  const containerHost = read.optional(SETTINGS.containerHost);
  const dockerHost = read.optional(SETTINGS.dockerHost);
  const managerId = read.optional(SETTINGS.managerId);
  const redisUrl = read.optional(SETTINGS.redisUrl);
  const limit = toLimit(read);
  return {
    ...(runtime !== undefined && { runtime }),
    ...(containerHost !== undefined && { containerHost }),
    ...(dockerHost !== undefined && { dockerHost }),
    ...(managerId !== undefined && { managerId }),
    ...(redisUrl !== undefined && { redisUrl }),
    redisStream: read.required(SETTINGS.redisStream),
    maxPrunePercent: read.required(SETTINGS.maxPrunePercent),
    resyncMs: read.required(SETTINGS.resync),
    deepMs: read.required(SETTINGS.deep),
    policy: toPolicy(read, limit),
    limit,
  };
}

function toRouting(read: SettingReader, { workingFolder, packageTraefikFolder }: ConfigOptions) {
  const router = read.required(SETTINGS.router);
  const routerPort = read.required(SETTINGS.routerPort);
  const publicUrl = read.optional(SETTINGS.publicUrl);
  const file = read.optional(SETTINGS.traefikFile) ?? join(packageTraefikFolder, TRAEFIK_FILE);
  const apiUrl = read.optional(SETTINGS.traefikApiUrl);
  if (router === 'traefik' && routerPort === 0) {
    read.mistakes.push(
      "ROUTER_PORT=0: with ROUTER=traefik expected the port of Traefik's entry point",
    );
  }
  return {
    router,
    routerPort,
    ...(publicUrl !== undefined && { publicUrl }),
    traefik: { file: resolve(workingFolder, file), ...(apiUrl !== undefined && { apiUrl }) },
  };
}

function toLimit(read: SettingReader): ServiceLimit {
  const most = read.optional(SETTINGS.mostServices);
  const mostPerWorkspace = read.optional(SETTINGS.mostPerWorkspace);
  return {
    ...(most !== undefined && { most }),
    ...(mostPerWorkspace !== undefined && { mostPerWorkspace }),
  };
}

function toPolicy(read: SettingReader, { most: maxServices }: ServiceLimit): PolicyConfig {
  const maxMemoryBytes = read.optional(SETTINGS.maxMemory);
  const maxCpu = read.optional(SETTINGS.maxCpu);
  const maxPids = read.optional(SETTINGS.maxPids);
  const maxReplicas = read.optional(SETTINGS.maxReplicas);
  return {
    ...(maxServices !== undefined && { maxServices }),
    ...(maxMemoryBytes !== undefined && { maxMemoryBytes }),
    ...(maxCpu !== undefined && { maxCpu }),
    ...(maxPids !== undefined && { maxPids }),
    ...(maxReplicas !== undefined && { maxReplicas }),
    allowRoot: read.required(SETTINGS.allowRoot),
    allowedImages: read.optional(SETTINGS.allowedImages) ?? [],
    allowedVolumeRoots: read.optional(SETTINGS.allowedVolumeRoots) ?? [],
    allowedRemoteAddresses: read.optional(SETTINGS.allowedRemoteAddresses) ?? [],
    allowHostCommands: read.required(SETTINGS.allowHostCommands),
  };
}

function toOutput(read: SettingReader) {
  const logFormat = read.optional(SETTINGS.logFormat);
  return {
    logLevel: read.required(SETTINGS.logLevel),
    ...(logFormat !== undefined && { logFormat }),
    color: read.optional(SETTINGS.noColor) === undefined,
  };
}

/** Notes each mistake and goes on with the default, so that all of them are found. */
function createReader({ environment, flags }: ConfigOptions): SettingReader {
  const mistakes: string[] = [];
  const optional: SettingReader['optional'] = (setting) => {
    const { name, aliases = [], flag = name, parser } = setting;
    const given = flags[name];
    const variable = [name, ...aliases].find((key) => (environment[key] ?? '') !== '') ?? name;
    const written = given ?? environment[variable] ?? '';
    if (written === '') return undefined;
    const value = parser.parse(written);
    if (value !== undefined) return value;
    const shown = setting.secret === true ? '' : `=${JSON.stringify(written)}`;
    const source = given === undefined ? variable : flag;
    mistakes.push(`${source}${shown}: expected ${parser.expected}`);
    return undefined;
  };
  const required: SettingReader['required'] = (setting) => {
    const value = optional({ ...setting, otherwise: '' }) ?? setting.parser.parse(setting.value);
    assert(value !== undefined, `the default of ${setting.name} is legal`);
    return value;
  };
  return { mistakes, required, optional };
}

function stateHome({ XDG_STATE_HOME: stateHomeFolder, HOME: home }: Environment): string {
  if (stateHomeFolder !== undefined && stateHomeFolder !== '') return stateHomeFolder;
  return join(home === undefined || home === '' ? homedir() : home, '.local', 'state');
}
