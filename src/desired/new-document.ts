import { stringify } from 'yaml';
import type { Origin } from '../model/service.ts';
import type { UnknownRecord } from '../model/record.ts';

const WRITERS = { api: 'the API', core: 'the platform' } as const;

/** The text of a document for one service; that of a program says who writes it, and that people may too. */
export function newDocument(service: string, fields: UnknownRecord, origin: Origin): string {
  const services = stringify({ services: { [service]: fields } }, { lineWidth: 0 });
  return `${headOf(origin)}${services}`;
}

/** What stands before the first service. */
export function startOfDocument(origin: Origin): string {
  return `${headOf(origin)}services:\n`;
}

function headOf(origin: Origin): string {
  const version = 'apiVersion: mcp-manager/v1\n';
  if (origin === 'file') return version;
  const head = [
    `# Written by mcp-manager for ${WRITERS[origin]}, which owns the service. What is changed here by hand holds`,
    '# until it is written again.',
  ];
  return `${head.join('\n')}\n${version}`;
}
