import type { Problem } from '../model/problem.ts';
import type { Desired } from '../model/service.ts';
import type { SetReading } from './edit-document.ts';
import type { LoaderSettings } from './expand.ts';
import { createLoader } from './load.ts';
import type { TemplateCheck } from './parse-template.ts';
import type { Readers } from './readers.ts';
import type { DocumentWrite, ReadSet } from './written.ts';

/** What would be if documents were written, and why they must not be. */
export interface Judgement {
  readonly desired: Desired;
  /** All of the services whose documents are written, and of others what they do not have now. */
  readonly problems: readonly Problem[];
}

export type Judge = (
  reading: SetReading,
  writes: readonly DocumentWrite[],
  services: ReadonlySet<string>,
) => Judgement;

/**
 * Makes what holds writes against all that is in force now. It remembers how it read texts, and nothing of
 * what they would have come to: they may never be written.
 */
export function createJudge(
  settings: LoaderSettings,
  checks: TemplateCheck,
  readers: Readers,
): Judge {
  return ({ set, desired: now }, writes, services) => {
    const inForce = new Map(now.services.map((service) => [service.name, service]));
    const documents = documentsAfter(set, writes);
    const desired = createLoader(settings, checks, readers)({ ...set, documents }, inForce);
    const known = new Set(now.problems.map(subjectOf));
    const problems = desired.problems.filter(
      (problem) => services.has(problem.service ?? '') || !known.has(subjectOf(problem)),
    );
    return { desired, problems };
  };
}

function documentsAfter(
  { documents }: ReadSet,
  writes: readonly DocumentWrite[],
): ReadSet['documents'] {
  const files = new Set(writes.map(({ file }) => file));
  const written = writes.flatMap(({ file, after }) =>
    after === undefined ? [] : [{ file, text: after }],
  );
  return [...documents.filter(({ file }) => !files.has(file)), ...written];
}

/** Lines move when a document is edited; what a problem is about stays. */
function subjectOf({ service, file }: Problem): string {
  return service ?? file;
}
