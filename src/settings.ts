import {
  absoluteFolders,
  addressRanges,
  boolean,
  duration,
  integer,
  label,
  list,
  openUrl,
  text,
  url,
  word,
  yamlFile,
  type SettingParser,
} from './setting-parsers.ts';
import { API_SETTINGS } from './api-settings.ts';
import { CORE_SETTINGS } from './core-settings.ts';
import { LIMIT_SETTINGS } from './limit-settings.ts';
import { optional, setting } from './setting.ts';

/** In the folder that Traefik watches, the one file that a manager writes. */
export const TRAEFIK_FILE = 'mcp-manager.yaml';

const LATER_RUNTIMES = ['docker', 'kubernetes', 'k8s'];

const runtime: SettingParser<'podman' | 'process' | 'memory'> = {
  expected: `podman, process or memory (${LATER_RUNTIMES.join(', ')} come with a later version; process is for trying out)`,
  parse: word(['podman', 'process', 'memory']).parse,
};

/** Every setting by its variable's name: the one table, from which docs/configuration.md is made. */
export const SETTINGS = {
  desired: setting({
    name: 'DESIRED_DIR',
    parser: text,
    value: './desired',
    flag: '--desired',
    description: 'Folder of the documents that say what should run.',
  }),
  templates: optional({
    name: 'TEMPLATES_DIR',
    parser: text,
    otherwise: 'the templates shipped with mcp-manager',
    flag: '--templates',
    description: 'Folder of the templates that documents name.',
  }),
  state: optional({
    name: 'STATE_DIR',
    parser: text,
    otherwise: '`$XDG_STATE_HOME/mcp-manager/<manager id>`, or under `~/.local/state`',
    flag: '--state-dir',
    description: 'Folder of the history, the event outbox, the lock and the socket `api.sock`.',
  }),
  runtime: optional({
    name: 'BACKEND_ENVIRONMENT',
    parser: runtime,
    otherwise: 'detected',
    aliases: ['CONTAINER_RUNTIME'],
    flag: '--runtime',
    description:
      'Where services run: in containers, as child processes without isolation, or in a simulation.',
  }),
  containerHost: optional({
    name: 'CONTAINER_HOST',
    parser: text,
    otherwise: "the user's socket of Podman, then the system's",
    secret: true,
    description: 'Socket of Podman on this machine, `unix:///…`, as `podman` itself takes it.',
  }),
  dockerHost: optional({
    name: 'DOCKER_HOST',
    parser: text,
    otherwise: '`unix:///var/run/docker.sock`',
    secret: true,
    description: 'Where an engine is looked for that is not in the usual places of Podman.',
  }),
  registryAuthFile: optional({
    name: 'REGISTRY_AUTH_FILE',
    parser: text,
    otherwise: 'those that `podman login` and `docker login` write',
    description: 'The one file of logins at image registries that is read.',
  }),
  managerId: optional({
    name: 'MANAGER_ID',
    parser: label,
    otherwise: 'the id in `.mcp-manager.json` of the documents folder',
    description: 'Name of this fleet: a manager touches only what carries its id.',
  }),
  router: setting({
    name: 'ROUTER',
    parser: word(['embedded', 'traefik', 'none']),
    value: 'embedded',
    description: 'What carries the traffic to `/mcp/<slug>`.',
  }),
  routerPort: setting({
    name: 'ROUTER_PORT',
    parser: integer(0, 65_535),
    value: '7999',
    description:
      'Port on 127.0.0.1: of the embedded router (0: chosen once and kept), or of the entry point `web` of Traefik.',
  }),
  publicUrl: optional({
    name: 'MCP_PROXY_HOST',
    parser: url('http', 'https'),
    otherwise: "the router's own address",
    description: 'Public base of every URL, where something stands before the router.',
  }),
  traefikFile: optional({
    name: 'TRAEFIK_DYNAMIC_DIR',
    parser: yamlFile(TRAEFIK_FILE),
    otherwise: '`traefik/dynamic` beside the program',
    aliases: ['TRAEFIK_CONFIG_PATH'],
    description:
      'Folder that the file provider of Traefik watches; `mcp-manager.yaml` in it is written.',
  }),
  traefikApiUrl: optional({
    name: 'TRAEFIK_API_URL',
    parser: openUrl,
    otherwise: 'Traefik is asked through its entry point',
    secret: true,
    description: 'API of Traefik, by which every single route is asked for.',
  }),
  ...API_SETTINGS,
  redisUrl: optional({
    name: 'REDIS_URL',
    parser: url('redis', 'rediss'),
    otherwise: 'off',
    secret: true,
    description: 'Redis to which events are delivered.',
  }),
  redisStream: setting({
    name: 'REDIS_STREAM',
    parser: text,
    value: '{mcp-manager}:events',
    description: 'Redis stream that takes the events.',
  }),
  ...CORE_SETTINGS,
  secretsProvider: setting({
    name: 'SECRETS_PROVIDER',
    parser: word(['file', 'environment'], { env: 'environment' }),
    value: 'file',
    description:
      'Where references without a provider of their own (`/path#KEY`, `secret_ref:…`) lead.',
  }),
  secretsFolder: optional({
    name: 'SECRETS_DIR',
    parser: text,
    otherwise: '`secrets` in the state folder',
    description: 'Folder of secret files.',
  }),
  secretsPrefixes: setting({
    name: 'SECRETS_ENV_PREFIXES',
    parser: list,
    value: 'MCP_SECRET_',
    description: 'Only variables that begin with one of these may be named as `env:NAME`.',
  }),
  maxPrunePercent: setting({
    name: 'MAX_PRUNE_PERCENT',
    parser: integer(0, 100),
    value: '30',
    description:
      'Share of the fleet that may disappear within ten minutes without `apply --allow-removals`; 5 services always may.',
  }),
  resync: setting({
    name: 'RESYNC_INTERVAL',
    parser: duration,
    value: '30s',
    description: 'How often everything is looked at without being woken.',
  }),
  deep: setting({
    name: 'DEEP_INTERVAL',
    parser: duration,
    value: '10m',
    description: 'How often limits and other details are looked at as well.',
  }),
  ...LIMIT_SETTINGS,
  allowRoot: setting({
    name: 'ALLOW_ROOT',
    parser: boolean,
    value: 'false',
    description: 'Whether a document may ask for the root user.',
  }),
  allowedImages: optional({
    name: 'ALLOWED_IMAGES',
    parser: list,
    otherwise: 'all',
    description: 'Image references that documents may name; `*` stands for any characters.',
  }),
  allowedVolumeRoots: optional({
    name: 'ALLOWED_VOLUME_ROOTS',
    parser: absoluteFolders,
    otherwise: 'none',
    description: 'Host folders that documents may mount.',
  }),
  allowedRemoteAddresses: optional({
    name: 'ALLOWED_REMOTE_ADDRESSES',
    parser: addressRanges,
    otherwise: 'public addresses only',
    description:
      'Ranges such as `10.1.0.0/16` to which `url:` services may lead besides public addresses.',
  }),
  allowHostCommands: setting({
    name: 'ALLOW_HOST_COMMANDS',
    parser: boolean,
    value: 'false',
    description:
      'Whether services that came by API or events may run commands of their own on this host.',
  }),
  logLevel: setting({
    name: 'LOG_LEVEL',
    parser: word(['debug', 'info', 'warn', 'error'], { warning: 'warn' }),
    value: 'info',
    description: 'Least level that is logged.',
  }),
  logFormat: optional({
    name: 'LOG_FORMAT',
    parser: word(['json', 'text']),
    otherwise: '`text` on a terminal, else `json`',
    description: 'Form of the log on standard error.',
  }),
  noColor: optional({
    name: 'NO_COLOR',
    parser: text,
    otherwise: 'colours on a terminal',
    flag: '--no-color',
    description: 'Any value switches colours off (no-color.org).',
  }),
};
