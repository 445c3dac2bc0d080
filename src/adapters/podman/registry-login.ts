import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageReference } from './image-reference.ts';

/** What a registry is told; goes to the engine in a header, and nowhere else. */
export type RegistryLogin =
  | { readonly username: string; readonly password: string }
  | { readonly identitytoken: string };

export interface FoundLogin {
  readonly login?: RegistryLogin;
  /** What was in the way of finding one, for people. */
  readonly troubles: readonly string[];
}

export interface LoginPlaces {
  /** The one file to read; default: those that `podman login` and `docker login` write. */
  readonly authFile?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Looks for the login of an image's registry, each time anew: a login is in force at the next pull. */
export async function findLogin(
  places: LoginPlaces,
  reference: ImageReference,
): Promise<FoundLogin> {
  const troubles: string[] = [];
  for (const file of filesOf(places)) {
    const found = await readLogins(file, troubles);
    const login = found && chooseLogin(found, reference);
    if (login !== undefined) return { login, troubles };
    if (found && isElsewhere(found, reference))
      troubles.push(`${file} leaves the login to a helper program, which is not asked`);
  }
  return { troubles };
}

/** In the order in which Podman reads them. */
function filesOf({ authFile, environment }: LoginPlaces): readonly string[] {
  if (authFile !== undefined) return [authFile];
  const { XDG_RUNTIME_DIR, XDG_CONFIG_HOME, DOCKER_CONFIG, HOME } = environment;
  const runtime = XDG_RUNTIME_DIR
    ? join(XDG_RUNTIME_DIR, 'containers')
    : `/run/containers/${process.getuid?.() ?? 0}`;
  const config = XDG_CONFIG_HOME || (HOME && join(HOME, '.config'));
  const docker = DOCKER_CONFIG || (HOME && join(HOME, '.docker'));
  return [
    join(runtime, 'auth.json'),
    ...(config ? [join(config, 'containers', 'auth.json')] : []),
    ...(docker ? [join(docker, 'config.json')] : []),
  ];
}

/** As far as it is read here; both programs write the same form. */
interface LoginFile {
  readonly auths?: Readonly<Record<string, Login>>;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
}

interface Login {
  readonly auth?: string;
  readonly identitytoken?: string;
}

async function readLogins(file: string, troubles: string[]): Promise<LoginFile | undefined> {
  try {
    const read: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (isLoginFile(read)) return read;
    troubles.push(`${file} is no file of logins`);
  } catch (error) {
    const trouble = describe(error);
    if (trouble !== undefined) troubles.push(`${file} ${trouble}`);
  }
  return undefined;
}

/** Not in the parser's own words: they quote the file. A file that is not there is none. */
function describe(error: unknown): string | undefined {
  if (error instanceof SyntaxError) return 'is not JSON';
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return code === 'ENOENT' ? undefined : `cannot be read: ${code}`;
}

function isLoginFile(read: unknown): read is LoginFile {
  return typeof read === 'object' && read !== null && !Array.isArray(read);
}

function chooseLogin(file: LoginFile, reference: ImageReference): RegistryLogin | undefined {
  const logins = new Map(
    Object.entries(file.auths ?? {}).map(([key, login]) => [normalise(key), login]),
  );
  for (const key of keysOf(reference)) {
    const login = toLogin(logins.get(key));
    if (login !== undefined) return login;
  }
  return undefined;
}

/** The nearest first: `quay.io/team/app`, `quay.io/team`, `quay.io`. */
function keysOf({ registry, repository }: ImageReference): readonly string[] {
  const parts = [registry, ...repository.split('/')];
  return parts.map((_part, dropped) => parts.slice(0, parts.length - dropped).join('/'));
}

/** Docker keeps that of docker.io under `https://index.docker.io/v1/`. */
function normalise(key: string): string {
  const place = /^https?:\/\/([^/]+)/.exec(key)?.[1] ?? key;
  return ['index.docker.io', 'registry-1.docker.io'].includes(place) ? 'docker.io' : place;
}

/** People edit these files: anything may stand in them. */
function toLogin(entry: Login | null | undefined): RegistryLogin | undefined {
  const { auth, identitytoken } = entry ?? {};
  if (typeof identitytoken === 'string' && identitytoken !== '') return { identitytoken };
  if (typeof auth !== 'string') return undefined;
  const clear = Buffer.from(auth, 'base64').toString();
  const [, username, password] = /^([^:]+):([^]*)$/.exec(clear) ?? [];
  if (username === undefined || password === undefined) return undefined;
  return { username, password };
}

function isElsewhere(file: LoginFile, { registry }: ImageReference): boolean {
  return file.credsStore !== undefined || file.credHelpers?.[registry] !== undefined;
}
