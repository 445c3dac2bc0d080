import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../src/errors.ts';
import type { DocumentSet } from '../../src/ports.ts';
import type { Desired } from '../../src/model/service.ts';
import { createDeclareControl } from '../../src/reconcile/control-declare.ts';
import { createJustDeclared } from '../../src/reconcile/just-declared.ts';
import { createOneAtATime } from '../../src/reconcile/one-at-a-time.ts';
import type { Declarer } from '../../src/reconcile/written-service.ts';
import { somePlan } from '../http/fake-control.ts';

const FILE = 'api/echo.yaml';
const NOTHING: Desired = { services: [], frozen: [], problems: [], complete: true };

interface Counts {
  readonly written: number;
  readonly byHand: number;
}

/** A document is its fields as JSON: what is tried here is the control, and not how YAML is written. */
const declarer: Declarer = {
  expand: function* expand() {
    yield;
    return NOTHING;
  },
  find(set) {
    const source = set.documents.find(({ file }) => file === FILE);
    if (!source || !('text' in source)) return undefined;
    const place = { file: FILE, line: 1, column: 1 };
    return { origin: 'api', place, text: source.text, fields: JSON.parse(source.text) };
  },
  declare(_set, written, { change }) {
    if (change.kind === 'delete') throw new Error('nothing goes here');
    const after = JSON.stringify({ ...written?.fields, ...change.fields });
    return {
      file: FILE,
      ...(written && { before: written.text }),
      after,
      fields: JSON.parse(after),
      secrets: [],
      desired: NOTHING,
      problems: [],
    };
  },
  declareAll() {
    throw new Error('one at a time here');
  },
  transfer() {
    throw new Error('nobody is handed over here');
  },
};

/** Every read and write of the disk takes until the schedule says. */
function open(turn: <T>(value: T) => Promise<T>) {
  let text = JSON.stringify({ written: 0, byHand: 0 } satisfies Counts);
  const read = (): Promise<DocumentSet> =>
    turn({
      ok: true,
      documentsFolder: '/desired',
      templatesFolder: '/templates',
      documents: [{ file: FILE, text }],
      templates: [],
    });
  const control = createDeclareControl({
    documents: {
      read,
      async write(_file, expected, next) {
        await turn(undefined);
        if (text !== expected) throw new AppError('DOCUMENT_CHANGED', 'it was changed meanwhile');
        text = next ?? '';
        await turn(undefined);
      },
      writeTemplate: async () => {},
      watch: () => {},
      ensureManagerId: async (id) => id,
    },
    secrets: {
      versions: async () => new Map(),
      resolve: async () => new Map(),
      keep: async () => {},
      fingerprint: async () => 'none',
      drop: async () => {},
    },
    declarer,
    desired: () => NOTHING,
    limit: {},
    inTurn: createOneAtATime(),
    refresh: read,
    justDeclared: createJustDeclared(() => 0),
    planWith: async () => somePlan(),
    written: () => turn(undefined),
    store: { commit: () => {}, histories: () => new Map() },
    clock: () => 0,
  });
  return {
    control,
    counts: (): Counts => JSON.parse(text),
    editByHand(): void {
      const { byHand, written }: Counts = JSON.parse(text);
      text = JSON.stringify({ written, byHand: byHand + 1 });
    },
  };
}

test('of two clients and a person that change one document at any time, nobody undoes what another did', async () => {
  let met = 0;
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (schedule) => {
      const turn = <T>(value: T): Promise<T> => schedule.schedule(Promise.resolve(value));
      const { control, counts, editByHand } = open(turn);

      const count = async (by: string): Promise<boolean> => {
        const { etag, fields } = await control.declared('echo');
        const change = {
          kind: 'merge',
          fields: { written: Number(fields['written']) + 1 },
        } as const;
        const wish = { service: 'echo', origin: 'api', by, change, ifMatch: [etag] } as const;
        return control.declare(wish).then(
          () => true,
          (error: unknown) => {
            expect(error).toMatchObject({
              code: expect.stringMatching(/^(PRECONDITION_FAILED|DOCUMENT_CHANGED)$/),
            });
            return false;
          },
        );
      };
      const edit = async (): Promise<void> => {
        await turn(undefined);
        editByHand();
      };

      const ends = await schedule.waitFor(Promise.all([count('ada'), count('ben'), edit()]));
      const done = ends.filter((end) => end === true).length;
      met += done < 2 ? 1 : 0;
      expect(counts()).toEqual({ written: done, byHand: 1 });
    }),
    { numRuns: 10_000 },
  );
  // Otherwise nobody ever met anybody.
  expect(met).toBeGreaterThan(1_000);
});
