import { parseDocument } from 'yaml';
import type { Place, Problem } from '../model/problem.ts';
import type { Origin } from '../model/service.ts';
import { removeService } from './edit.ts';
import type { TextSet } from './load.ts';
import { toRecord, type UnknownRecord } from '../model/record.ts';

export type ReadSet = TextSet & { readonly ok: true };

/** A service as its document has it now. */
export interface Written {
  readonly origin: Origin;
  readonly place: Place;
  readonly text: string;
  readonly fields: UnknownRecord;
}

/** What becomes of one document. */
export interface DocumentWrite {
  readonly file: string;
  /** Absent: it is new. */
  readonly before?: string;
  /** Absent: it goes. */
  readonly after?: string;
}

/** Why a document must not be written. */
export interface Refused {
  readonly file: string;
  readonly problem: Problem;
}

/** A document that the manager wrote for one service goes with it, and one of a person that says nothing else. */
export function takeOut(
  { place: { file }, text, origin }: Written,
  service: string,
): DocumentWrite | Refused {
  const after = removeService(text, service, file);
  if (typeof after !== 'string') return { file, problem: after };
  const isOurs = origin !== 'file' && Object.keys(servicesIn(after)).length === 0;
  const isEmpty = isOurs || after.trim() === SAYS_NOTHING;
  return { file, before: text, ...(!isEmpty && { after }) };
}

const SAYS_NOTHING = 'apiVersion: mcp-manager/v1\nservices: {}';

function servicesIn(text: string): UnknownRecord {
  return toRecord(toRecord(parseDocument(text).toJS())['services']);
}
