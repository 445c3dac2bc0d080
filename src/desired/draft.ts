import { stringify } from 'yaml';
import type { ContainerFacts } from '../model/container.ts';
import { isSurelySecret, looksSecret } from '../model/looks-secret.ts';
import { namedValues } from '../model/named-values.ts';
import { programVariables } from '../model/program.ts';
import type { ServiceDocument, VolumeDocument } from './documents.gen.ts';

/** What only the person who imports a container knows of it. */
export interface ImportWish {
  readonly service: string;
  readonly port?: number;
  readonly path?: string;
}

/** A value that must not stand in a document, and the reference that stands there for it. */
export interface DraftSecret {
  readonly variable: string;
  readonly reference: string;
  readonly value: string;
}

/** The document of a service that takes a container over as it runs. */
export interface DraftDocument {
  readonly text: string;
  readonly secrets: readonly DraftSecret[];
  /** What speaks against it; nothing may be written then. */
  readonly refusals: readonly string[];
  /** What changes once the document is edited and a container of ours takes its place. */
  readonly notes: readonly string[];
}

/** Writes down a container as a document would say it. Pure; no value that looks secret is in the text. */
export function draftDocument(facts: ContainerFacts, wish: ImportWish): DraftDocument {
  const port = findPort(facts, wish);
  const { env, secrets, illegal } = draftEnv(facts, wish.service);
  const fields: ServiceDocument = {
    adopt: facts.id,
    image: facts.image,
    ...(facts.command && { command: draftCommand(facts.command) }),
    ...(Object.keys(env).length > 0 && { env }),
    user: draftUser(facts.user),
    port: port.found ?? UNKNOWN_PORT,
    ...(wish.path !== undefined && { path: wish.path }),
    ...draftResources(facts),
    ...(facts.volumes.length > 0 && { volumes: facts.volumes.map(draftVolume) }),
    ...(facts.egress === 'none' && { network: { egress: facts.egress } }),
  };
  return {
    text: toText(facts, wish.service, fields),
    secrets,
    refusals: [
      ...facts.forbidden.map((what) => `${what}: nothing allows that in a document`),
      ...illegal.map(
        (name) => `its variable ${JSON.stringify(name)} has a name that none may have`,
      ),
      ...secretArguments(facts.command ?? []).map(
        (what) =>
          `${what} looks secret, and a command is no place for that: give it to the program as a variable first`,
      ),
      ...(port.refusal === undefined ? [] : [port.refusal]),
    ],
    notes: [...facts.lost, ...missingLimits(facts)],
  };
}

/** Such a draft is refused; all else that speaks against it is told with it. */
const UNKNOWN_PORT = 8000;

interface FoundPort {
  readonly found?: number;
  readonly refusal?: string;
}

/** What the person says, else the only one there is, else the one that the program is told to listen on. */
function findPort({ ports, env }: ContainerFacts, { port }: ImportWish): FoundPort {
  if (port !== undefined) return { found: port };
  const [only] = ports;
  if (only !== undefined && ports.length === 1) return { found: only };
  const told = ['MCP_PORT', 'MCP_CONTAINER_PORT', 'PORT'].map((name) => Number(env[name]));
  const found = told.find((one) => one > 0 && (ports.length === 0 || ports.includes(one)));
  if (found !== undefined) return { found };
  const which = ports.length === 0 ? 'it declares none' : `it has ${ports.join(', ')}`;
  return { refusal: `nobody can tell at which port its server listens, as ${which}: add --port N` };
}

interface DraftEnv {
  readonly env: NonNullable<ServiceDocument['env']>;
  readonly secrets: readonly DraftSecret[];
  readonly illegal: readonly string[];
}

const LEGAL_VARIABLE = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/** Every runtime tells a program its port and name by itself. */
function draftEnv({ env }: ContainerFacts, service: string): DraftEnv {
  const told = programVariables({ name: service }, 0);
  const own = Object.entries(env).filter(([name]) => !Object.hasOwn(told, name));
  const legal = own.filter(([name]) => LEGAL_VARIABLE.test(name));
  const secrets = legal
    .filter(([name, value]) => looksSecret(name, value))
    .map(([variable, value]) => ({ variable, reference: `file:${service}/${variable}`, value }));
  const references = new Map(secrets.map(({ variable, reference }) => [variable, reference]));
  return {
    env: Object.fromEntries(
      legal.map(([name, value]) => {
        const reference = references.get(name);
        return [name, reference === undefined ? value : { secret: reference }];
      }),
    ),
    secrets,
    illegal: own.filter(([name]) => !LEGAL_VARIABLE.test(name)).map(([name]) => name),
  };
}

/** Where an option has a value that looks secret; never the value. */
function secretArguments(command: readonly string[]): readonly string[] {
  return namedValues({ command })
    .filter(({ name, value }) => isSurelySecret(name, String(value)))
    .map(({ at }) => at);
}

/** A `${` that the program was given is no reference of ours. */
function draftCommand(command: readonly string[]): [string, ...string[]] {
  const [first = '', ...rest] = command.map((part) => part.replaceAll('${', () => '$${'));
  return [first, ...rest];
}

function draftUser(user: string): number | string {
  return /^\d+$/.test(user) ? Number(user) : user;
}

const MEBIBYTE = 2 ** 20;

function draftResources({ resources }: ContainerFacts): Pick<ServiceDocument, 'resources'> {
  const { memoryBytes, cpu, pids } = resources;
  if (memoryBytes === undefined && cpu === undefined && pids === undefined) return {};
  const isWhole = memoryBytes !== undefined && memoryBytes % MEBIBYTE === 0;
  return {
    resources: {
      ...(memoryBytes !== undefined && {
        memory: isWhole ? `${memoryBytes / MEBIBYTE}Mi` : memoryBytes,
      }),
      ...(cpu !== undefined && { cpu }),
      ...(pids !== undefined && { pids }),
    },
  };
}

function draftVolume({
  source,
  destination,
  readOnly,
  external,
}: ContainerFacts['volumes'][number]) {
  const volume: VolumeDocument = {
    source,
    destination,
    ...(readOnly && { readOnly }),
    ...(external && { external }),
  };
  return volume;
}

function missingLimits({ resources }: ContainerFacts): readonly string[] {
  const missing = [
    ...(resources.memoryBytes === undefined ? ['memory'] : []),
    ...(resources.cpu === undefined ? ['cpu'] : []),
    ...(resources.pids === undefined ? ['pids'] : []),
  ];
  return missing.length === 0 ? [] : [`it has no limit of ${missing.join(', ')}; then the default`];
}

function toText({ name }: ContainerFacts, service: string, fields: ServiceDocument): string {
  const head = [
    `# The container ${oneLine(name)}, taken over as it ran. It serves until one of the fields here is changed;`,
    '# then a container of the manager takes its place.',
  ];
  const body = stringify(
    { apiVersion: 'mcp-manager/v1', services: { [service]: fields } },
    { lineWidth: 0, defaultStringType: 'PLAIN', defaultKeyType: 'PLAIN' },
  );
  return `${head.join('\n')}\n${body}`;
}

/** A name is no place for a line break, and nobody shall have to count on that. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
