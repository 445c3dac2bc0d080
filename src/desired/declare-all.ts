import type { Problem } from '../model/problem.ts';
import { editDocument, find, type SetReading, type Wish } from './edit-document.ts';
import type { Judge } from './judge.ts';
import type { ShelteredSecret } from './shelter-secrets.ts';
import type { DocumentWrite } from './written.ts';

/** The documents as they would be after many wishes, each of another service; nothing is written yet. */
export interface Declarations {
  readonly writes: readonly SharedWrite[];
  /** By service. */
  readonly secrets: ReadonlyMap<string, readonly ShelteredSecret[]>;
  /** By service: why its wish must not be written. The others are written without it. */
  readonly refused: ReadonlyMap<string, readonly Problem[]>;
}

export interface SharedWrite extends DocumentWrite {
  /** Whose wishes it carries out: people may have put several services into one document. */
  readonly services: readonly string[];
}

/** All are read together, however many there are; and once more without what turns out to be wrong. */
export function declareAll(
  judge: Judge,
  reading: SetReading,
  wishes: readonly Wish[],
): Declarations {
  const refused = new Map<string, readonly Problem[]>();
  for (;;) {
    const left = wishes.filter(({ service }) => !refused.has(service));
    const edits = editAll(reading, left, refused);
    const names = new Set(edits.secrets.keys());
    const { problems } = judge(reading, edits.writes, names);
    const wrong = problems.flatMap((problem) =>
      causesOf(problem, edits).map((service) => ({ service, problem })),
    );
    for (const [service, own] of Map.groupBy(wrong, (each) => each.service)) {
      refused.set(
        service,
        own.map(({ problem }) => problem),
      );
    }
    if (wrong.length > 0) continue;
    const writes = edits.writes.filter(({ before, after }) => before !== after);
    return { writes, secrets: edits.secrets, refused };
  }
}

/** Whose wish must not be written because of a problem: where nobody can tell, everybody's. */
function causesOf({ service, file }: Problem, { writes, secrets }: Edits): readonly string[] {
  if (service !== undefined && secrets.has(service)) return [service];
  return writes.find((write) => write.file === file)?.services ?? [...secrets.keys()];
}

interface Edits {
  readonly writes: readonly SharedWrite[];
  readonly secrets: ReadonlyMap<string, readonly ShelteredSecret[]>;
}

/** One after the other, each upon what the ones before have made of its document. */
function editAll(
  { set, desired }: SetReading,
  wishes: readonly Wish[],
  refused: Map<string, readonly Problem[]>,
): Edits {
  const writes = new Map<string, SharedWrite>();
  const secrets = new Map<string, readonly ShelteredSecret[]>();
  for (const wish of wishes) {
    const written = find(set, desired, wish.service);
    const earlier = written && writes.get(written.place.file);
    const now = written && { ...written, text: earlier?.after ?? written.text };
    const edited = editDocument({ set, desired }, now, wish);
    if ('problem' in edited) {
      refused.set(wish.service, [edited.problem]);
      continue;
    }
    const { file, after } = edited;
    writes.set(file, {
      file,
      ...(written && { before: written.text }),
      ...(after !== undefined && { after }),
      services: [...(earlier?.services ?? []), wish.service],
    });
    secrets.set(wish.service, edited.secrets);
  }
  return { writes: [...writes.values()], secrets };
}
