import { normalize } from 'node:path/posix';
import { isAddress, refusedAddress } from '../model/address.ts';
import type { Origin, ServiceSpec } from '../model/service.ts';
import type { Finding, ValuePath } from './finding.ts';

/** What the operator allows documents to ask for (design §14). Absent maxima are no limit. */
export interface Policy {
  readonly allowRoot: boolean;
  /** Images: exact, a prefix that ends where a name ends, or with `*`. Empty allows all. */
  readonly allowedImages: readonly string[];
  /** Host folders that services may mount, with all below them. */
  readonly allowedVolumeRoots: readonly string[];
  /** Ranges (CIDR) of addresses, not public ones, that remote services may lead to. */
  readonly allowedRemoteAddresses?: readonly string[];
  /** Whether services of origin api and core may run commands of their own on this host. */
  readonly allowHostCommands?: boolean;
  readonly maxMemoryBytes?: number;
  readonly maxCpu?: number;
  readonly maxPids?: number;
  /** Instances of one service. Absent: no limit for documents of people, and 10 for services of API and core. */
  readonly maxReplicas?: number;
  /** How many services there may be at all. */
  readonly maxServices?: number;
}

/** What a service asks for, as far as a policy looks at it. */
export interface Asked {
  readonly spec: ServiceSpec;
  readonly replicas: number;
  /** In the order in which they are written; `source` is a name or a host path. */
  readonly volumes: readonly AskedVolume[];
  readonly origin: Origin;
  readonly runtime: string;
  /** The command stands in the service's own document, not in an operator's template. */
  readonly ownCommand: boolean;
  /** What it gives the template makes another command of the template's. */
  readonly ownArguments: boolean;
  /** Variables that the service's own document sets, and no operator's template names. */
  readonly ownEnv: readonly string[];
}

export interface AskedVolume {
  readonly source: string;
  readonly external: boolean;
}

/** Sockets of container engines: whoever reaches one is root on the host. */
const ENGINE_SOCKETS = [
  '/run/docker.sock',
  '/var/run/docker.sock',
  '/run/podman/podman.sock',
  '/var/run/podman/podman.sock',
  '/run/containerd/containerd.sock',
  '/run/crio/crio.sock',
];

/** Variables by which a program on the host is made to run other code, to fetch it elsewhere, or to write anywhere. */
const HOST_ENV =
  /^(PATH|HOME|IFS|SHELL|TMPDIR|EDITOR|PAGER|BASH_.*|ENV|SHELLOPTS|PROMPT_COMMAND|PS4|LD_.*|DYLD_.*|GLIBC_TUNABLES|XDG_.*|CLASSPATH|SSLKEYLOGFILE|KUBECONFIG.*|COREPACK_.*|SSH_.*|NODE_.*|NPM_.*|YARN_.*|PNPM_.*|BUN_.*|DENO_.*|PYTHON.*|PIP_.*|UV_.*|CONDA_.*|VIRTUAL_ENV|PERL.*|RUBY.*|GEM_.*|BUNDLE_.*|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_.*|DOTNET_.*|LUA_.*|PHP.*|GIT_.*|SSL_.*|OPENSSL_.*|CURL_.*|REQUESTS_CA_BUNDLE|.*_(PROXY|PATH|FILE|DIR|FOLDER|HOME|ROOT|CONFIG|COMMAND|CMD|EXEC|OPTIONS))$/i;

/** Everything that the policy refuses, each with its place. */
export function checkPolicy(asked: Asked, policy: Policy): readonly Finding[] {
  const { spec } = asked;
  return [
    ...checkUser(spec.user, policy),
    ...checkImage(spec.image, policy),
    ...asked.volumes.flatMap(({ source }, index) => checkVolume(source, index, policy)),
    ...checkExternal(asked),
    ...checkRemoteAddress(spec.url, policy),
    ...checkMaxima(spec, policy),
    ...checkReplicas(asked, policy),
    ...checkHostCommand(asked, policy),
  ];
}

function refuse(path: ValuePath, message: string, hint: string): readonly Finding[] {
  return [{ path, at: 'value', code: 'REFUSED_BY_POLICY', message, hint }];
}

function checkUser(user: string, { allowRoot }: Policy): readonly Finding[] {
  const [name = ''] = user.split(':');
  if (allowRoot || (/^[0-9]+$/.test(name) && Number(name) > 0)) return [];
  if (name === 'root' || Number(name) === 0) {
    return refuse(
      ['user'],
      'root is not allowed',
      'leave `user` out (1000), or name another number; ALLOW_ROOT=true allows it',
    );
  }
  return refuse(
    ['user'],
    `"${name}" could be root inside the image`,
    'write the number of the user',
  );
}

function checkImage(image: string | undefined, { allowedImages }: Policy): readonly Finding[] {
  if (image === undefined || allowedImages.length === 0) return [];
  if (allowedImages.some((allowed) => matchesImage(image, allowed))) return [];
  const hint = `allowed: ${allowedImages.slice(0, 10).join(', ')}`;
  return refuse(['image'], `image ${image} is not allowed`, hint);
}

function matchesImage(image: string, allowed: string): boolean {
  if (allowed.includes('*')) {
    const pattern = allowed.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${pattern.join('.*')}$`).test(image);
  }
  if (!image.startsWith(allowed)) return false;
  const next = image.charAt(allowed.length);
  return next === '' || /[/:@]/.test(next) || /[/:@]$/.test(allowed);
}

function checkVolume(source: string, index: number, policy: Policy): readonly Finding[] {
  if (!source.startsWith('/')) return [];
  const path = ['volumes', index];
  const folder = normalize(source).replace(/(.)\/$/, '$1');
  if (ENGINE_SOCKETS.some((socket) => isWithin(socket, folder))) {
    return refuse(path, `${source} holds the container engine's socket`, 'mount something else');
  }
  if (policy.allowedVolumeRoots.some((root) => isWithin(folder, normalize(root)))) return [];
  const hint = 'use a named volume, or ask the operator to add it to ALLOWED_VOLUME_ROOTS';
  return refuse(path, `host path ${source} is not allowed`, hint);
}

/** A name is looked up, and what it leads to is held against the same ranges, by the router at each connection. */
function checkRemoteAddress(
  url: string | undefined,
  { allowedRemoteAddresses = [] }: Policy,
): readonly Finding[] {
  if (url === undefined) return [];
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  const kind = isAddress(host) ? refusedAddress(host, allowedRemoteAddresses) : undefined;
  if (kind === undefined) return [];
  const hint =
    'write the address of a public server, or ask the operator to add it to ALLOWED_REMOTE_ADDRESSES';
  return refuse(['url'], `${host} is ${kind}, and remote services lead to public ones`, hint);
}

/** Whose data is in a volume that was there before, only a person can know. */
function checkExternal({ volumes, origin }: Asked): readonly Finding[] {
  if (origin === 'file') return [];
  return volumes.flatMap(({ external }, index) =>
    external
      ? refuse(
          ['volumes', index, 'external'],
          'only documents of people may name a volume that was there before',
          'leave `external` out: the fleet gets a volume of its own',
        )
      : [],
  );
}

function isWithin(path: string, root: string): boolean {
  const folder = root.endsWith('/') ? root : `${root}/`;
  return `${path}/`.startsWith(folder);
}

function checkMaxima({ resources }: ServiceSpec, policy: Policy): readonly Finding[] {
  const { maxMemoryBytes = Infinity, maxCpu = Infinity, maxPids = Infinity } = policy;
  return [
    ...checkMaximum('memory', resources.memoryBytes, maxMemoryBytes),
    ...checkMaximum('cpu', resources.cpu, maxCpu),
    ...checkMaximum('pids', resources.pids, maxPids),
  ];
}

/** As many as nobody would notice; more only where the operator says so. */
const MOST_REPLICAS_OF_PROGRAMS = 10;

function checkReplicas({ replicas, origin }: Asked, { maxReplicas }: Policy): readonly Finding[] {
  const otherwise = origin === 'file' ? Infinity : MOST_REPLICAS_OF_PROGRAMS;
  const most = maxReplicas ?? otherwise;
  if (replicas <= most) return [];
  return refuse(['replicas'], `${replicas} instances are over the limit`, `at most ${most}`);
}

function checkMaximum(field: string, value: number, max: number): readonly Finding[] {
  if (value <= max) return [];
  return refuse(['resources', field], `${field} ${value} is over the limit`, `at most ${max}`);
}

/** On the process runtime a command is a command of this host. */
function checkHostCommand(asked: Asked, { allowHostCommands = false }: Policy): readonly Finding[] {
  if (asked.runtime !== 'process' || asked.origin === 'file' || allowHostCommands) return [];
  const hint = 'use what a template of the operator has; ALLOW_HOST_COMMANDS=true allows it';
  const from = asked.origin === 'api' ? 'the API' : 'the platform';
  return [
    ...(asked.ownCommand
      ? refuse(['command'], `${from} may not run commands on this host`, hint)
      : []),
    ...(asked.ownArguments
      ? refuse(['with'], `${from} may not change a command on this host`, hint)
      : []),
    ...asked.ownEnv
      .filter((name) => HOST_ENV.test(name))
      .flatMap((name) => refuse(['env', name], `${from} may not set ${name} on this host`, hint)),
  ];
}
