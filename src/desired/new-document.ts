import { stringify } from 'yaml';
import type { Origin } from '../model/service.ts';
import type { UnknownRecord } from '../model/record.ts';

const WRITERS = { api: 'the API', core: 'the platform' } as const;

/** The text of a document for one service; that of a program says who writes it, and that people may too. */
export function newDocument(service: string, fields: UnknownRecord, origin: Origin): string {
  const document = { apiVersion: 'mcp-manager/v1', services: { [service]: fields } };
  const text = stringify(document, { lineWidth: 0 });
  if (origin === 'file') return text;
  const head = [
    `# Written by mcp-manager for ${WRITERS[origin]}, which owns the service. What is changed here by hand holds`,
    '# until it is written again.',
  ];
  return `${head.join('\n')}\n${text}`;
}
