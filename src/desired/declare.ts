import { parseDocument } from 'yaml';
import type { Problem } from '../model/problem.ts';
import type { Desired, DesiredService, Origin } from '../model/service.ts';
import { setFields } from './edit.ts';
import { type LoaderSettings, originOf } from './expand.ts';
import { createLoader } from './load.ts';
import { mergeFields } from './merge-fields.ts';
import { newDocument } from './new-document.ts';
import type { TemplateCheck } from './parse-template.ts';
import { toRecord, type UnknownRecord } from './record.ts';
import {
  findNothingKept,
  keepRedacted,
  shelterSecrets,
  type ShelteredSecret,
} from './shelter-secrets.ts';
import { moveService, type Transfer, type TransferWish } from './transfer.ts';
import {
  type DocumentWrite,
  type ReadSet,
  type Refused,
  takeOut,
  type Written,
} from './written.ts';
import { checkBounds } from './yaml-bounds.ts';

/** What a program wants of one service: all its fields, some of them (RFC 7396), or none any more. */
export type Change =
  | { readonly kind: 'put' | 'merge'; readonly fields: UnknownRecord }
  | { readonly kind: 'delete' };

export interface Wish {
  readonly service: string;
  readonly origin: Exclude<Origin, 'file'>;
  readonly change: Change;
}

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
}

/** Makes what turns wishes of programs into documents: every byte of others stays. Pure but for its cache. */
export function createDeclarer(settings: LoaderSettings, checks: TemplateCheck): Declarer {
  const load = createLoader(settings, checks);
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

function find(set: ReadSet, desired: Desired, service: string): Written | undefined {
  const place =
    desired.services.find(({ name }) => name === service)?.place ??
    desired.problems.find((problem) => problem.service === service);
  if (place === undefined) return undefined;
  const source = set.documents.find(({ file }) => file === place.file);
  if (source === undefined || !('text' in source)) return undefined;
  const { text, file } = source;
  const { line, column } = place;
  const fields = fieldsIn(text, service);
  return fields && { origin: originOf(file), place: { file, line, column }, text, fields };
}

function fieldsIn(text: string, service: string): UnknownRecord | undefined {
  if (checkBounds(text)) return undefined;
  const document = parseDocument(text, { uniqueKeys: false, prettyErrors: false });
  if (document.errors.length > 0) return undefined;
  const services = toRecord(toRecord(document.toJS())['services']);
  return Object.hasOwn(services, service) ? toRecord(services[service]) : undefined;
}

type Edited = (DocumentWrite & Pick<Declaration, 'fields' | 'secrets'>) | Refused;

function editDocument(set: ReadSet, written: Written | undefined, wish: Wish): Edited {
  const { service, origin, change } = wish;
  const file = written?.place.file ?? `${origin}/${service}.yaml`;
  const refused = (problem: Problem): Edited => ({ file, problem });
  if (change.kind === 'delete') {
    return { file, ...(written && takeOut(written, service)), secrets: [] };
  }
  const before = written?.fields ?? {};
  const wanted = change.kind === 'put' ? change.fields : mergeFields(before, change.fields);
  const kept = keepRedacted(wanted, before);
  const nothing = findNothingKept(kept);
  if (nothing !== undefined) return refused(keepsNothing(file, service, nothing));
  const { fields, secrets } = shelterSecrets(kept, { service, origin });
  if (!written) {
    if (set.documents.some((source) => source.file === file)) return refused(taken(file, service));
    return { file, after: newDocument(service, fields, origin), fields, secrets };
  }
  const after = setFields(written.text, service, fields, file);
  if (typeof after !== 'string') return refused(after);
  return { file, before: written.text, after, fields, secrets };
}

function taken(file: string, service: string): Problem {
  return {
    ...problemOf(file, service),
    code: 'EDIT_REFUSED',
    message: `the file is there, and "${service}" is not in it`,
    hint: 'move it away, or write the service into it by hand',
  };
}

function keepsNothing(file: string, service: string, at: string): Problem {
  return {
    ...problemOf(file, service),
    code: 'VALUE_FORMAT',
    message: `${at} shall stay as it is, and there is no value yet`,
    hint: 'send the value, or a reference: {secret: …}',
  };
}

function problemOf(file: string, service: string) {
  return { file, line: 0, column: 0, service };
}
