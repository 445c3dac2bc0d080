import { platformSlug } from '../model/names.ts';
import type { Problem } from '../model/problem.ts';
import type { Origin } from '../model/service.ts';
import { carryOver } from './carry-over.ts';
import { toRecord, type UnknownRecord } from '../model/record.ts';
import { shelterSecrets, type ShelteredSecret } from './shelter-secrets.ts';
import { type DocumentWrite, type ReadSet, takeOut, type Written } from './written.ts';

/** A service that gets another owner. Its address stays what it is. */
export interface TransferWish {
  readonly service: string;
  readonly to: Origin;
  readonly slug: string;
}

export interface Transfer {
  /** Where the service stands at last. */
  readonly file: string;
  /** In this order: between the two the service stands twice, and is left as it is. */
  readonly writes: readonly DocumentWrite[];
  /** As they stand in the document of the new owner. */
  readonly fields: UnknownRecord;
  /** Values that people wrote in clear, and the references that stand for them now. */
  readonly secrets: readonly ShelteredSecret[];
  /** Why it must not be done. */
  readonly problems: readonly Problem[];
}

/**
 * From the document of its owner into one of the new owner's own. Where that is there already, word for word, a
 * move was left half done: what is left of it is answered.
 */
export function moveService(
  set: ReadSet,
  written: Written,
  wish: TransferWish,
): Omit<Transfer, 'problems'> | { readonly problem: Problem } {
  const { service, to } = wish;
  const moved = withSlug(written.fields, wish);
  const { fields, secrets } =
    to === 'file' ? { fields: moved, secrets: [] } : shelterSecrets(moved, { service, origin: to });
  const file = to === 'file' ? `${service}.yaml` : `${to}/${service}.yaml`;
  const after = carryOver({ text: written.text, service, fields, to });
  const there = set.documents.find((source) => source.file === file);
  const isDone = there !== undefined && 'text' in there && there.text === after;
  if (there && !isDone) return { problem: inTheWay(file, service) };
  const left = takeOut(written, service);
  if ('problem' in left) return left;
  return { file, fields, secrets, writes: isDone ? [left] : [{ file, after }, left] };
}

function withSlug(fields: UnknownRecord, { service, to, slug }: TransferWish): UnknownRecord {
  const { slug: _written, ...others } = fields;
  const { instanceId } = toRecord(fields['platform']);
  const id = typeof instanceId === 'string' ? instanceId : service;
  const own = to === 'file' ? service : platformSlug(service, id);
  return slug === own ? others : { ...others, slug };
}

function inTheWay(file: string, service: string): Problem {
  return {
    file,
    line: 0,
    column: 0,
    code: 'EDIT_REFUSED',
    message: 'the file is there already',
    hint: 'move it away first',
    service,
  };
}
