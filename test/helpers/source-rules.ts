import { dirname, join, normalize } from 'node:path';

/** One source file, by its path from the repository's root. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** `*` allows everything. Areas are folders below src/ or files there without `.ts`. */
export type Allowed = Readonly<Record<string, readonly string[]>>;

const STATIC_IMPORT =
  /^(?:import|export)\s+(?:type\s+)?(?:\{[^}]*\}|\*(?:\s+as\s+\w+)?|\w+(?:,\s*\{[^}]*\})?)\s+from\s+'([^']+)'/gm;
const RE_EXPORT = /^export\s+(?:type\s+)?(?:\{[^}]*\}|\*(?:\s+as\s+\w+)?)\s+from\s+'[^']+';?/gm;
const BARE_IMPORT = /^import\s+'([^']+)'/gm;
const DYNAMIC_IMPORT = /\bimport\(\s*'([^']+)'/g;

/** Specifiers of all imports of a file: static, dynamic, re-exports and types. */
export function readImports({ text }: Source): string[] {
  return [STATIC_IMPORT, BARE_IMPORT, DYNAMIC_IMPORT].flatMap((pattern) =>
    [...text.matchAll(pattern)].map(([, specifier = '']) => specifier),
  );
}

/** `src/adapters/redis/broker.ts` → `adapters/redis`; `src/plan/plan.ts` → `plan`; `src/log.ts` → `log`; `schemas/x.json` → `schemas`. */
function areaOf(path: string): string {
  if (!path.startsWith('src/')) return path.split('/')[0] ?? '';
  const parts = path.slice('src/'.length).split('/');
  if (parts.length === 1) return parts[0]?.replace(/\.ts$/, '') ?? '';
  const deep = parts[0] === 'adapters' || parts[0] === 'programs';
  return parts.slice(0, deep ? 2 : 1).join('/');
}

/** `@scope/name/deep` → `@scope/name`; undefined for our own files and Node's modules. */
function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return undefined;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Imports of our own files that `allowed` does not have, as `file -> area`. */
export function findForeignImports(sources: readonly Source[], allowed: Allowed): string[] {
  return sources.flatMap((source) => {
    const area = areaOf(source.path);
    const mayImport = [area, ...(allowed[area] ?? [])];
    return targetsOf(source)
      .filter((to) => !mayImport.includes('*') && !mayImport.includes(to))
      .map((to) => `${source.path} -> ${to}`);
  });
}

function targetsOf(source: Source): string[] {
  return readImports(source)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => areaOf(normalize(join(dirname(source.path), specifier))));
}

/** Areas that `allowed` does not name: a new folder has to say what it may import. */
export function findUnknownAreas(sources: readonly Source[], allowed: Allowed): string[] {
  return [...new Set(sources.map(({ path }) => areaOf(path)))].filter((area) => !allowed[area]);
}

/** Packages with the areas that import them, where those are not the owner that is named. */
export function findStrayPackages(
  sources: readonly Source[],
  owners: Readonly<Record<string, string>>,
): string[] {
  return sources.flatMap((source) => {
    const area = areaOf(source.path);
    return packagesOf(source)
      .filter((name) => owners[name] !== area)
      .map((name) => `${source.path} -> ${name}`);
  });
}

function packagesOf(source: Source): string[] {
  return readImports(source)
    .map((specifier) => packageOf(specifier))
    .filter((name) => name !== undefined);
}

/** Places in the code (comments left out) where a pattern stands, as `file: match`. */
export function findText(sources: readonly Source[], pattern: RegExp): string[] {
  return sources.flatMap(({ path, text }) =>
    [...withoutComments(text).matchAll(pattern)].map(([match]) => `${path}: ${match}`),
  );
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '');
}

/** Files longer than `most` lines; generated ones are nobody's to read. */
export function findLongFiles(sources: readonly Source[], most: number): string[] {
  return sources
    .filter(({ path }) => !path.endsWith('.gen.ts'))
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > most)
    .map(({ path, lines }) => `${path}: ${lines} lines`);
}

/** File names that say nothing, or are not kebab-case. */
export function findBadNames(paths: readonly string[], banned: ReadonlySet<string>): string[] {
  return paths.filter((path) => {
    const name = path.slice(path.lastIndexOf('/') + 1).replace(/(\.gen)?\.ts$/, '');
    return banned.has(name) || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name);
  });
}

/** Files that hold nothing but re-exports. */
export function findBarrels(sources: readonly Source[]): string[] {
  return sources
    .filter(({ text }) => withoutComments(text).replaceAll(RE_EXPORT, '').trim() === '')
    .map(({ path }) => path);
}
