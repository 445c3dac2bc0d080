import type { Parts } from '../model/parts.ts';
import type { Problem } from '../model/problem.ts';
import type { Desired, DesiredService } from '../model/service.ts';
import { declareAll, type Declarations } from './declare-all.ts';
import { editDocument, find, type SetReading, type Wish } from './edit-document.ts';
import type { LoaderSettings } from './expand.ts';
import { createJudge } from './judge.ts';
import { createLoaderInParts } from './load.ts';
import { createReaders } from './readers.ts';
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
  expand(set: ReadSet, accepted: ReadonlyMap<string, DesiredService>): Parts<Desired>;
  /** Where a service is written, if anywhere. */
  find(set: ReadSet, desired: Desired, service: string): Written | undefined;
  /** `written` is what `find` answered. */
  transfer(reading: SetReading, written: Written, wish: TransferWish): Transfer;
  /** `written` is what `find` answered, of the same origin. */
  declare(reading: SetReading, written: Written | undefined, wish: Wish): Declaration;
  /** Many at once, of different services. */
  declareAll(reading: SetReading, wishes: readonly Wish[]): Declarations;
}

/** Makes what turns wishes of programs into documents: every byte of others stays. Pure but for a cache of texts. */
export function createDeclarer(
  settings: LoaderSettings,
  checks: TemplateCheck,
  readers = createReaders(settings, checks),
): Declarer {
  // Who declares counts before, and tells it in words of its own.
  const { maxServices: _counted, ...policy } = settings.policy;
  const judge = createJudge({ ...settings, policy }, checks, readers);
  return {
    find,
    // Nothing of it is remembered: it may never be.
    expand: (set, accepted) => createLoaderInParts(settings, checks)(set, accepted),
    transfer(reading, written, wish) {
      const { fields, origin, place } = written;
      const asItIs = { file: place.file, fields, secrets: [], writes: [], problems: [] };
      if (origin === wish.to) return asItIs;
      const moved = moveService(reading.set, written, wish);
      if ('problem' in moved) return { ...asItIs, problems: [moved.problem] };
      return { ...moved, problems: judge(reading, moved.writes, new Set([wish.service])).problems };
    },
    declareAll: (reading, wishes) => declareAll(judge, reading, wishes),
    declare(reading, written, wish) {
      const edited = editDocument(reading, written, wish);
      if ('problem' in edited) {
        const { file, problem } = edited;
        return { file, secrets: [], desired: reading.desired, problems: [problem] };
      }
      return { ...edited, ...judge(reading, [edited], new Set([wish.service])) };
    },
  };
}
