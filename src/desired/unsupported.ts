import type { ServiceDocument } from './documents.gen.ts';
import type { Finding, ValuePath } from './finding.ts';

/** Fields of the format whose behaviour is not there yet: told, never ignored. */
export function findUnsupported(fields: ServiceDocument, runtime: string): readonly Finding[] {
  const { transport = 'http', rollout, verify, replicas = 1 } = fields;
  const isBridged = transport === 'stdio' && runtime === 'process';
  return [
    when(
      transport !== 'http' && !isBridged,
      ['transport'],
      transport === 'stdio' ? `transport stdio on ${runtime}` : `transport ${transport}`,
      `use a server that speaks http${transport === 'stdio' ? ', or `runtime: process`' : ''}`,
    ),
    when(rollout?.strategy === 'surge', ['rollout', 'strategy'], 'strategy surge', 'use recreate'),
    when(verify?.lock !== undefined, ['verify', 'lock'], 'verify.lock', 'leave it out'),
    when(verify?.call !== undefined, ['verify', 'call'], 'verify.call', 'leave it out'),
    when(replicas > 1, ['replicas'], 'more than one replica', 'leave it out, or write 1'),
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
