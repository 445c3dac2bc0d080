import { isMap, parseDocument } from 'yaml';
import type { UnknownRecord } from '../model/record.ts';
import type { Origin } from '../model/service.ts';
import { setFields } from './edit.ts';
import { says } from './edit-service.ts';
import { newDocument, startOfDocument } from './new-document.ts';
import { endOf, lineEnd, lineStart } from './splice.ts';
import { pairOf, startOf } from './yaml-nodes.ts';

interface Carried {
  /** The document in which it stands now. */
  readonly text: string;
  readonly service: string;
  /** What the new one shall say of it. */
  readonly fields: UnknownRecord;
  readonly to: Origin;
}

/** The document of a new owner: lines that say the same are carried over, with their comments, where that can be done. */
export function carryOver({ text, service, fields, to }: Carried): string {
  const lines = linesOf(text, service);
  const carried =
    lines === undefined ? undefined : setFields(`${startOfDocument(to)}${lines}`, service, fields);
  const wanted = { apiVersion: 'mcp-manager/v1', services: { [service]: fields } };
  const isRight = typeof carried === 'string' && says(carried, wanted);
  return isRight ? carried : newDocument(service, fields, to);
}

/** The lines of one service, as far in as those of a new document; none where it shares lines with others. */
function linesOf(text: string, service: string): string | undefined {
  const root = parseDocument(text, { uniqueKeys: false, prettyErrors: false }).contents;
  const services = isMap(root) ? pairOf(root, 'services')?.value : undefined;
  if (!isMap(services) || services.flow === true) return undefined;
  const pair = pairOf(services, service);
  const start = startOf(pair?.key);
  const end = endOf(pair?.value);
  if (start === undefined || end === undefined) return undefined;
  const indent = text.slice(lineStart(text, start), start);
  const lines = text.slice(start - indent.length, lineEnd(text, end, start)).split('\n');
  const isWithin = lines.every((line) => line.trim() === '' || line.startsWith(indent));
  if (indent.trim() !== '' || !isWithin) return undefined;
  const ended = lines.map((line) => (line.trim() === '' ? line : `  ${line.slice(indent.length)}`));
  return ended.join('\n').replace(/[^\n]$/, '$&\n');
}
