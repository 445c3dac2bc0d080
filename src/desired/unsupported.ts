import type { ServiceDocument } from './documents.gen.ts';
import type { Finding, ValuePath } from './finding.ts';

/** Runtimes with the bridge before a program. */
const BRIDGED: readonly string[] = ['podman', 'process'];

/** Fields of the format whose behaviour is not there yet: told, never ignored. */
export function findUnsupported(fields: ServiceDocument, runtime: string): readonly Finding[] {
  const { transport = 'http' } = fields;
  const isBridged = transport === 'stdio' && BRIDGED.includes(runtime);
  return [
    when(
      transport !== 'http' && !isBridged,
      ['transport'],
      transport === 'stdio' ? `transport stdio on ${runtime}` : `transport ${transport}`,
      `use a server that speaks http${transport === 'stdio' ? `, or run it on ${BRIDGED.join(' or ')}` : ''}`,
    ),
  ].filter((finding) => finding !== undefined);
}

function when(asked: boolean, path: ValuePath, what: string, hint: string): Finding | undefined {
  if (!asked) return undefined;
  return {
    path,
    at: 'value',
    code: 'UNSUPPORTED_YET',
    message: `${what} is not supported yet`,
    hint,
  };
}
