import type { ContainerFacts } from '../model/container.ts';
import type { Problem } from '../model/problem.ts';
import type { Desired } from '../model/service.ts';
import { type DraftDocument, draftDocument, type ImportWish } from './draft.ts';
import type { LoaderSettings } from './expand.ts';
import { createLoader, type TextSet } from './load.ts';
import { createReaders } from './readers.ts';
import type { TemplateCheck } from './parse-template.ts';

/** A document for a container, held against all that stands in the folder already. */
export interface DraftService extends DraftDocument {
  /** Where it would be written, relative to the documents folder. */
  readonly file: string;
  /** The desired set as it would be with it. */
  readonly desired: Desired;
}

export type Drafter = (
  facts: ContainerFacts,
  wish: ImportWish,
  set: TextSet & { readonly ok: true },
) => DraftService;

/** Makes the one function that drafts; it remembers no draft, and shares compiled `checks` as it may `readers`. */
export function createDrafter(
  settings: LoaderSettings,
  checks: TemplateCheck,
  readers = createReaders(settings, checks),
): Drafter {
  return (facts, wish, set) => {
    const document = draftDocument(facts, wish);
    const taken = new Set(set.documents.map((source) => source.file));
    const names = [`${wish.service}.yaml`, `${wish.service}-imported.yaml`];
    const file = names.find((name) => !taken.has(name)) ?? '';
    const documents = [...set.documents, { file, text: document.text }];
    const desired = createLoader(settings, checks, readers)({ ...set, documents });
    const problems = desired.problems.filter((problem) => concerns(problem, file, wish));
    const refusals = [
      ...document.refusals,
      ...problems.map(formatRefusal),
      ...(file === '' ? [`${names.join(' and ')} exist already: rename one of them`] : []),
    ];
    return { ...document, file, desired, refusals };
  };
}

function concerns(problem: Problem, file: string, { service }: ImportWish): boolean {
  return problem.file === file || problem.service === service;
}

function formatRefusal({ message, hint }: Problem): string {
  return hint === undefined ? message : `${message} (${hint})`;
}
