import { stringify } from 'yaml';
import type { Origin } from '../model/service.ts';
import type { UnknownRecord } from './record.ts';

const WRITERS = { api: 'the API', core: 'the platform' } as const;

/** The text of a document that a program makes: it says who writes it, and that people may too. */
export function newDocument(
  service: string,
  fields: UnknownRecord,
  origin: Exclude<Origin, 'file'>,
): string {
  const head = [
    `# Written by mcp-manager for ${WRITERS[origin]}, which owns the service. What is changed here by hand holds`,
    '# until it is written again.',
  ];
  const document = { apiVersion: 'mcp-manager/v1', services: { [service]: fields } };
  return `${head.join('\n')}\n${stringify(document, { lineWidth: 0 })}`;
}
