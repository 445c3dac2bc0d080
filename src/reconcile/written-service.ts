import { AppError } from '../errors.ts';
import type { DeclareRequest, TransferRequest } from '../model/declaration.ts';
import type { Parts } from '../model/parts.ts';
import { formatProblem, type Place, type Problem } from '../model/problem.ts';
import type { Desired, DesiredService, Origin } from '../model/service.ts';
import { keptVersions } from '../plan/kept-version.ts';
import type { Documents, DocumentSet, Secrets, Store } from '../ports.ts';
import { takeTurns } from './take-turns.ts';

export type ReadSet = DocumentSet & { readonly ok: true };
export type Fields = Readonly<Record<string, unknown>>;

export interface Written {
  readonly origin: Origin;
  readonly place: Place;
  readonly text: string;
  readonly fields: Fields;
}

export interface Declaration {
  readonly file: string;
  readonly before?: string;
  readonly after?: string;
  readonly fields?: Fields;
  readonly secrets: readonly { readonly reference: string; readonly value: string }[];
  readonly desired: Desired;
  readonly problems: readonly Problem[];
}

export interface Declarations {
  readonly writes: readonly (Pick<Declaration, 'file' | 'before' | 'after'> & {
    /** Whose wishes it carries out. */
    readonly services: readonly string[];
  })[];
  /** By service. */
  readonly secrets: ReadonlyMap<string, Declaration['secrets']>;
  /** By service: why nothing is written for it. */
  readonly refused: ReadonlyMap<string, readonly Problem[]>;
}

interface Transfer {
  readonly file: string;
  readonly writes: readonly Pick<Declaration, 'file' | 'before' | 'after'>[];
  readonly fields: Fields;
  readonly secrets: Declaration['secrets'];
  readonly problems: readonly Problem[];
}

interface SetReading {
  readonly set: ReadSet;
  readonly desired: Desired;
}

/** Text of documents ⇄ wishes of programs. */
export interface Declarer {
  /** What a set of documents says, for a manager that accepted these versions last. */
  expand(set: ReadSet, accepted: ReadonlyMap<string, DesiredService>): Parts<Desired>;
  find(set: ReadSet, desired: Desired, service: string): Written | undefined;
  /** `desired` is what `set` says, here and below. */
  declare(
    reading: SetReading,
    written: Written | undefined,
    wish: Pick<DeclareRequest, 'service' | 'origin' | 'change'>,
  ): Declaration;
  /** Many at once, of different services. */
  declareAll(
    reading: SetReading,
    wishes: readonly Pick<DeclareRequest, 'service' | 'origin' | 'change'>[],
  ): Declarations;
  transfer(
    reading: SetReading,
    written: Written,
    wish: Pick<TransferRequest, 'service' | 'to'> & { readonly slug: string },
  ): Transfer;
}

export interface Reading {
  readonly documents: Documents;
  readonly declarer: Declarer;
  readonly desired: () => Desired;
  /** Reads the documents again, and answers what was read: then it is what `desired` is made of. */
  readonly refresh: () => Promise<DocumentSet>;
}

/** Where a service is written now. Throws DOCUMENTS_UNREADABLE. */
export async function findWritten(
  { desired, refresh, declarer }: Reading,
  service: string,
): Promise<{ readonly set: ReadSet; readonly written: Written | undefined }> {
  const set = requireRead(await refresh());
  return { set, written: declarer.find(set, desired(), service) };
}

/** The desired set as it would be with these documents, by file, beside the templates that there are. */
export async function readTexts(
  {
    documents,
    declarer,
    announcements,
  }: Pick<Reading, 'documents' | 'declarer'> & {
    readonly announcements: { readonly store: Pick<Store, 'histories'> };
  },
  texts: Readonly<Record<string, string>>,
): Promise<Desired> {
  const set = await readDocuments(documents);
  const files = Object.entries(texts).map(([file, text]) => ({ file, text }));
  const accepted = keptVersions(announcements.store.histories());
  return takeTurns(declarer.expand({ ...set, documents: files }, accepted));
}

/** Secrets first, and back to what they were where the document that refers to them cannot be written. */
export async function writeKeeping(
  { documents, secrets }: Pick<Reading, 'documents'> & { readonly secrets: Secrets },
  { file, before, after, secrets: sheltered }: Omit<Declaration, 'desired' | 'problems'>,
): Promise<void> {
  const putBack = await keepSecrets(secrets, sheltered);
  if (before === after) return;
  try {
    await documents.write(file, before, after);
  } catch (error) {
    await putBack();
    throw error;
  }
}

/**
 * Before the document that refers to them. Answers how to put back what they replaced, should that not be
 * written. Throws REFUSED and STATE_UNWRITABLE, and none of them is kept then.
 */
export async function keepSecrets(
  secrets: Secrets,
  sheltered: Declaration['secrets'],
): Promise<() => Promise<void>> {
  const values = sheltered.map(({ reference, value }) => [reference, value] as const);
  if (values.length === 0) return async () => {};
  const former = await readKnown(
    secrets,
    values.map(([reference]) => reference),
  );
  const added = values.map(([reference]) => reference).filter((each) => !former.has(each));
  const putBack = async (): Promise<void> => {
    await secrets.drop(added);
    await secrets.keep(former, { replaces: true });
  };
  try {
    await secrets.keep(new Map(values), { replaces: true });
  } catch (error) {
    await putBack();
    throw error;
  }
  return putBack;
}

/** The values of those that have one. */
export async function readKnown(
  secrets: Secrets,
  references: readonly string[],
): Promise<Awaited<ReturnType<Secrets['resolve']>>> {
  const { signal } = new AbortController();
  const states = await secrets.versions(references, signal);
  const known = references.filter((reference) => states.get(reference)?.kind === 'known');
  return secrets.resolve(known, signal);
}

/** Throws DOCUMENTS_UNREADABLE. */
export async function readDocuments(documents: Documents): Promise<ReadSet> {
  return requireRead(await documents.read(new AbortController().signal));
}

/** Throws DOCUMENTS_UNREADABLE. */
export function requireRead(set: DocumentSet): ReadSet {
  if (!set.ok) throw new AppError('DOCUMENTS_UNREADABLE', set.cause);
  return set;
}

export function unwritten(service: string): AppError {
  return new AppError('SERVICE_UNKNOWN', `no document names a service ${service}`, {
    hint: 'GET /v1/services lists all',
  });
}

export function invalid(service: string, problems: readonly Problem[]): AppError {
  const lines = problems.map((problem) => `\n  - ${formatProblem(problem)}`).join('');
  return new AppError('DOCUMENT_INVALID', `${service} cannot be declared so:${lines}`, {
    problems,
  });
}
