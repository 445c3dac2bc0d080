import { finish, type Parts } from '../model/parts.ts';
import { formatProblem, type Problem } from '../model/problem.ts';
import type { Commit, Desired, DesiredService, FrozenService } from '../model/service.ts';
import {
  type Claim,
  comparePlaces,
  findDuplicates,
  findSlugConflicts,
  findTooMany,
  findTwice,
  type Single,
  SINGLES,
  withoutTakenNames,
} from './check.ts';
import type { LoaderSettings } from './expand.ts';
import { createSchemaCompiler } from './parameters.ts';
import type { TemplateCheck } from './parse-template.ts';
import {
  type FileResult,
  findIncompleteCause,
  type ReadService,
  type TextFiles,
} from './read-files.ts';
import type { TextFile } from './library.ts';
import { createReaders } from './readers.ts';
import { createSchemaCheck } from './schema-check.ts';
import type { ReadToolLock } from './tool-lock.ts';

/** Documents and templates at one moment: what the port `Documents` answers. */
export type TextSet =
  | (TextFiles & { readonly ok: true; readonly toolLock?: TextFile; readonly commit?: Commit })
  | { readonly ok: false; readonly cause: string };

/**
 * `accepted` are the last accepted versions that the store remembers from before a restart: used for
 * files that this loader never saw in order. Never throws.
 */
export type Loader = (set: TextSet, accepted?: Services) => Desired;

type Services = ReadonlyMap<string, DesiredService>;

/**
 * Makes the one function from texts to the desired set. It remembers the last good version of each
 * service: what is invalid or cannot be read is frozen at that version, never absent (design §4.4).
 * `checks` are compiled schemas, which loaders may share, as they may `readers`.
 */
export function createLoader(
  settings: LoaderSettings,
  checks = createChecks(),
  readers = createReaders(settings, checks),
): Loader {
  const load = createLoaderInParts(settings, checks, readers);
  return (set, accepted) => finish(load(set, accepted));
}

/** The same in parts. Only one load may go on at a time: the next one builds on what it remembers. */
export function createLoaderInParts(
  settings: LoaderSettings,
  checks = createChecks(),
  readers = createReaders(settings, checks),
): (...args: Parameters<Loader>) => Parts<Desired> {
  const { readFiles, readToolLock } = readers;
  let lock: ReadToolLock = { problems: [] };
  let good: Services | undefined;
  let seen: ReadonlySet<string> = new Set();

  return function* load(set, accepted = new Map()) {
    if (!set.ok) return { ...freezeAll(set.cause, good ?? accepted), ...lockOf(lock) };
    lock = readToolLock(set.toolLock);
    const { library, results } = yield* readFiles(set);
    const memory = { good: good ?? new Map<string, DesiredService>(), accepted, seen };
    const state = resolve(results, memory, settings.policy.maxServices);
    good = new Map(state.services.map((service) => [service.name, service]));
    seen = new Set(
      results.filter(({ kind, file }) => kind === 'read' || seen.has(file)).map(({ file }) => file),
    );
    const problems = [...library.problems, ...problemsOf(results), ...lock.problems];
    return { ...toDesired(state, problems, { results, set }), ...lockOf(lock) };
  };
}

/** Compiles everything that documents and templates are checked with: some 100 ms, once. */
export function createChecks(): TemplateCheck {
  return { schema: createSchemaCheck(), compile: createSchemaCompiler() };
}

function lockOf({ toolLock }: ReadToolLock): Pick<Desired, 'toolLock'> {
  return toolLock ? { toolLock } : {};
}

interface Memory {
  readonly good: Services;
  readonly accepted: Services;
  /** Files that could be read at least once. */
  readonly seen: ReadonlySet<string>;
}

/** Services in force, why some of them are frozen, and problems between files. */
interface State {
  readonly services: readonly DesiredService[];
  readonly frozen: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

function freezeAll(cause: string, services: Services): Desired {
  const said = `documents cannot be read: ${cause}`;
  const names = [...services.keys()].toSorted();
  const problem = {
    file: 'desired',
    line: 0,
    column: 0,
    code: 'DOCUMENTS_UNREADABLE',
    message: cause,
    hint: 'mend the folder of documents; until then everything stays as it last was',
  };
  return {
    services: [...services.values()].toSorted(byName),
    frozen: names.map((name) => ({ name, cause: said })),
    problems: [problem],
    complete: false,
    incompleteCause: said,
  };
}

function resolve(
  results: readonly FileResult[],
  memory: Memory,
  maxServices: number | undefined,
): State {
  const defined = results.flatMap((result) => (result.kind === 'read' ? result.services : []));
  const duplicates = findDuplicates(defined);
  const frozen = new Map<string, string>(heldByBrokenFiles(results, memory));
  for (const problem of duplicates) freeze(frozen, problem);
  for (const { expanded } of defined) {
    if (expanded.kind === 'bad') expanded.problems.forEach((problem) => freeze(frozen, problem));
  }
  const twice = SINGLES.flatMap((single) => {
    const claims = claimsOf(single.keyOf, inForce(defined, frozen, memory), memory);
    const problems = findTwice(claims, single);
    for (const problem of problems) freeze(frozen, problem);
    return problems;
  });
  const conflicts = freezeSlugConflicts(defined, frozen, memory);
  const isOld = (name: string): boolean => lastGood(name, memory) !== undefined;
  const excess = findTooMany(inForce(defined, frozen, memory), { maxServices, isOld });
  for (const problem of excess) freeze(frozen, problem);
  return {
    services: withoutTakenNames(inForce(defined, frozen, memory)).toSorted(byName),
    frozen,
    problems: [...duplicates, ...twice, ...conflicts, ...excess],
  };
}

function freeze(frozen: Map<string, string>, problem: Problem): void {
  const name = problem.service;
  if (name !== undefined && !frozen.has(name)) frozen.set(name, formatProblem(problem));
}

/** Names that a file held when it was last in order, each with why it is frozen now. */
function heldByBrokenFiles(
  results: readonly FileResult[],
  { good, accepted, seen }: Memory,
): readonly [string, string][] {
  const broken = results.filter((result) => result.kind === 'broken');
  return broken.flatMap(({ file, problems }) => {
    const [first] = problems;
    const cause = first === undefined ? `${file} cannot be read` : formatProblem(first);
    const known = seen.has(file) ? [...good.values()] : [...good.values(), ...accepted.values()];
    // What cannot be read may be a folder: then it held all below it.
    const held = known.filter(
      ({ place }) => place.file === file || place.file.startsWith(`${file}/`),
    );
    return held.map(({ name }): [string, string] => [name, cause]);
  });
}

/** A loser goes back to its last slug, which somebody may have taken: so again, until all is settled. */
function freezeSlugConflicts(
  defined: readonly ReadService[],
  frozen: Map<string, string>,
  memory: Memory,
): readonly Problem[] {
  const problems: Problem[] = [];
  for (let round = 0; round <= defined.length; round += 1) {
    const claims = claimsOf(({ slug }) => slug, inForce(defined, frozen, memory), memory);
    const found = findSlugConflicts(claims).filter(({ service = '' }) => !frozen.has(service));
    if (found.length === 0) return problems;
    for (const problem of found) freeze(frozen, problem);
    problems.push(...found);
  }
  return problems;
}

function claimsOf(
  keyOf: Single['keyOf'],
  services: readonly DesiredService[],
  memory: Memory,
): readonly Claim[] {
  return services.map((service) => {
    const last = lastGood(service.name, memory);
    return { service, held: last !== undefined && keyOf(last) === keyOf(service) };
  });
}

function lastGood(name: string, { good, accepted }: Memory): DesiredService | undefined {
  return good.get(name) ?? accepted.get(name);
}

/** The good version of each service that is not frozen, the last good one of each that is. */
function inForce(
  defined: readonly ReadService[],
  frozen: ReadonlyMap<string, string>,
  memory: Memory,
): readonly DesiredService[] {
  const current = defined.flatMap(({ name, expanded }) =>
    expanded.kind === 'good' && !frozen.has(name) ? [expanded.service] : [],
  );
  const last = [...frozen.keys()].map((name) => lastGood(name, memory));
  return [...current, ...last.filter((service) => service !== undefined)];
}

function problemsOf(results: readonly FileResult[]): readonly Problem[] {
  return results.flatMap(({ problems }) => problems);
}

interface Reading {
  readonly results: readonly FileResult[];
  readonly set: TextSet & { readonly ok: true };
}

function toDesired(state: State, problems: readonly Problem[], { results, set }: Reading): Desired {
  const cause = findIncompleteCause(results);
  const frozen: readonly FrozenService[] = [...state.frozen].map(([name, why]) => ({
    name,
    cause: why,
  }));
  return {
    services: state.services,
    frozen: frozen.toSorted(byName),
    problems: [...problems, ...state.problems].toSorted(comparePlaces),
    complete: cause === undefined,
    ...(cause !== undefined && { incompleteCause: cause }),
    ...(set.commit !== undefined && { commit: set.commit }),
  };
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
