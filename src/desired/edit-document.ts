import { parseDocument } from 'yaml';
import type { Problem } from '../model/problem.ts';
import type { Desired, Origin } from '../model/service.ts';
import { setFields } from './edit.ts';
import { originOf } from './expand.ts';
import { mergePatch } from './merge-patch.ts';
import { namedValues } from '../model/named-values.ts';
import { newDocument } from './new-document.ts';
import { toRecord, type UnknownRecord } from '../model/record.ts';
import {
  findInClear,
  findNothingKept,
  keepRedacted,
  SAID,
  shelterSecrets,
  type ShelteredSecret,
} from './shelter-secrets.ts';
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

export interface SetReading {
  readonly set: ReadSet;
  readonly desired: Desired;
}

/** Where a service is written, if anywhere. */
export function find(set: ReadSet, desired: Desired, service: string): Written | undefined {
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

export type DocumentEdit =
  | (DocumentWrite & {
      /** Absent: the service goes. */
      readonly fields?: UnknownRecord;
      readonly secrets: readonly ShelteredSecret[];
    })
  | Refused;

/** The document of one service as its wish would leave it. `written` is what `find` answered. */
export function editDocument(
  { set, desired }: SetReading,
  written: Written | undefined,
  wish: Wish,
): DocumentEdit {
  const { service, origin, change } = wish;
  const file = written?.place.file ?? `${origin}/${service}.yaml`;
  const refused = (problem: Problem): DocumentEdit => ({ file, problem });
  if (change.kind === 'delete') {
    return { file, ...(written && takeOut(written, service)), secrets: [] };
  }
  const before = written?.fields ?? {};
  const wanted = change.kind === 'put' ? change.fields : mergePatch(before, change.fields);
  if (namedValues(wanted).length > MOST_VALUES) return refused(tooMuch(file, service));
  const now = desired.services.find(({ name }) => name === service)?.spec;
  const { template } = wanted;
  const isSame = template !== undefined && template === before['template'];
  const kept = keepRedacted(wanted, before, isSame ? now : undefined);
  const nothing = findNothingKept(kept, before);
  if (nothing !== undefined) return refused(keepsNothing(file, service, nothing));
  const { adopt } = kept;
  if (adopt !== undefined && adopt !== before['adopt']) return refused(adopts(file, service));
  const { fields, secrets } = shelterSecrets(kept, { service, origin });
  const [clear] = findInClear(fields, before);
  if (clear !== undefined) return refused(inClear(file, service, clear));
  if (!written) {
    if (set.documents.some((source) => source.file === file)) return refused(taken(file, service));
    return { file, after: newDocument(service, fields, origin), fields, secrets };
  }
  const after = setFields(written.text, service, fields, file);
  if (typeof after !== 'string') return refused(after);
  return { file, before: written.text, after, fields, secrets };
}

/** More than any service has; each is looked at several times. */
const MOST_VALUES = 2_000;

function tooMuch(file: string, service: string): Problem {
  return {
    ...problemOf(file, service),
    code: 'VALUE_RANGE',
    message: `the service would have more than ${MOST_VALUES} values`,
    hint: 'give it what is much as a file in a volume',
  };
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
    ...SAID.nothingKept(at),
    hint: 'send the value, or a reference: {secret: …}',
  };
}

/** Whose container it is and what it holds, only who works on the machine can know. */
function adopts(file: string, service: string): Problem {
  return {
    ...problemOf(file, service),
    code: 'REFUSED_BY_POLICY',
    message: 'only people may let a service take over a container that was there before',
    hint: 'write it into a document of your own, as `mcp-manager import` does',
  };
}

function inClear(file: string, service: string, at: string): Problem {
  return {
    ...problemOf(file, service),
    ...SAID.inClear(at),
    hint: 'give it to the program as a variable: what `env` has in clear is kept as a secret',
  };
}

function problemOf(file: string, service: string) {
  return { file, line: 0, column: 0, service };
}
