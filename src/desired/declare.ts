import type { Problem } from '../model/problem.ts';
import type { Desired, DesiredService } from '../model/service.ts';
import { declareAll, type Declarations } from './declare-all.ts';
import { editDocument, find, type SetReading, type Wish } from './edit-document.ts';
import type { LoaderSettings } from './expand.ts';
import { createLoader } from './load.ts';
import type { TemplateCheck } from './parse-template.ts';
import type { UnknownRecord } from '../model/record.ts';
import type { ShelteredSecret } from './shelter-secrets.ts';
import { moveService, type Transfer, type TransferWish } from './transfer.ts';
import type { DocumentWrite, ReadSet, Written } from './written.ts';

/** The documents as they would be; nothing is written yet. */
export interface Declaration extends DocumentWrite {
  readonly fields?: UnknownRecord;
  /** Values that came in clear, and the references that stand for them. */
  readonly secrets: readonly ShelteredSecret[];
  readonly desired: Desired;
  /** Why it must not be written; then nothing else counts. */
  readonly problems: readonly Problem[];
}

export interface Declarer {
  /** What a set of documents says, for a manager that accepted these versions last. */
  expand(set: ReadSet, accepted: ReadonlyMap<string, DesiredService>): Desired;
  /** Where a service is written, if anywhere. */
  find(set: ReadSet, desired: Desired, service: string): Written | undefined;
  /** `written` is what `find` answered. */
  transfer(set: ReadSet, written: Written, wish: TransferWish): Transfer;
  /** `written` is what `find` answered, of the same origin. */
  declare(set: ReadSet, written: Written | undefined, wish: Wish): Declaration;
  /** Many at once, of different services. `desired` is what `set` says. */
  declareAll(reading: SetReading, wishes: readonly Wish[]): Declarations;
}

/** Makes what turns wishes of programs into documents: every byte of others stays. Pure but for its cache. */
export function createDeclarer(settings: LoaderSettings, checks: TemplateCheck): Declarer {
  // Who declares counts before, and tells it in words of its own.
  const { maxServices: _counted, ...policy } = settings.policy;
  const load = createLoader({ ...settings, policy }, checks);
  return {
    find,
    // Nothing of it is remembered: it may never be.
    expand: (set, accepted) => createLoader(settings, checks)(set, accepted),
    transfer(set, written, wish) {
      const { fields, origin, place } = written;
      const asItIs = { file: place.file, fields, writes: [], problems: [] };
      if (origin === wish.to) return asItIs;
      const moved = moveService(set, written, wish);
      if ('problem' in moved) return { ...asItIs, problems: [moved.problem] };
      const changed = new Map(moved.writes.map(({ file, after }) => [file, after]));
      const documents = [
        ...set.documents.filter(({ file }) => !changed.has(file)),
        ...moved.writes.flatMap(({ file, after }) =>
          after === undefined ? [] : [{ file, text: after }],
        ),
      ];
      const { problems } = load({ ...set, documents });
      return { ...moved, problems: problems.filter(({ service }) => service === wish.service) };
    },
    declareAll: (reading, wishes) => declareAll(load, reading, wishes),
    declare(set, written, wish) {
      const edited = editDocument(set, written, wish);
      if ('problem' in edited) {
        return { file: edited.file, secrets: [], desired: load(set), problems: [edited.problem] };
      }
      const others = set.documents.filter(({ file }) => file !== edited.file);
      const { file, after } = edited;
      const documents = after === undefined ? others : [...others, { file, text: after }];
      const desired = load({ ...set, documents });
      const problems = desired.problems.filter(({ service }) => service === wish.service);
      return { ...edited, desired, problems };
    },
  };
}
