import { platformSlug } from '../model/names.ts';
import type { Problem } from '../model/problem.ts';
import type { Origin } from '../model/service.ts';
import { newDocument } from './new-document.ts';
import { toRecord, type UnknownRecord } from './record.ts';
import { type DocumentWrite, type ReadSet, takeOut, type Written } from './written.ts';

/** A service that gets another owner. Its address stays what it is. */
export interface TransferWish {
  readonly service: string;
  readonly to: Origin;
  readonly slug: string;
}

export interface Transfer {
  /** In this order: between the two the service stands twice, and is left as it is. */
  readonly writes: readonly DocumentWrite[];
  /** Why it must not be done. */
  readonly problems: readonly Problem[];
}

/** From the document of its owner into one of the new owner's own. */
export function moveService(
  set: ReadSet,
  written: Written,
  wish: TransferWish,
): readonly DocumentWrite[] | { readonly problem: Problem } {
  const { service, to } = wish;
  const file = to === 'file' ? `${service}.yaml` : `${to}/${service}.yaml`;
  if (set.documents.some((source) => source.file === file)) {
    return { problem: inTheWay(file, service) };
  }
  const left = takeOut(written, service);
  if ('problem' in left) return left;
  const after = newDocument(service, withSlug(written.fields, wish), to);
  return [{ file, after }, left];
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
