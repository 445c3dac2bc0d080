import type { ServiceDocument } from './documents.gen.ts';
import type { Finding, ValuePath } from './finding.ts';

/** Two that write to one volume would ruin it: whether replicas, or the old one and the new. */
export function checkWriters({
  volumes = [],
  replicas = 1,
  rollout,
}: ServiceDocument): readonly Finding[] {
  const written = volumes.find(({ readOnly }) => readOnly !== true);
  if (!written) return [];
  const volume = `volume ${written.name ?? written.source ?? ''} is written`;
  const refuse = (path: ValuePath, why: string, way: string): Finding => ({
    path,
    at: 'value',
    code: 'WRITER_CONFLICT',
    message: `${volume}, so ${why}`,
    hint: `mount it with \`readOnly: true\`, or ${way}`,
  });
  const beside = refuse(
    ['rollout', 'strategy'],
    'the new one cannot run beside the old',
    'use `recreate`',
  );
  const several = refuse(['replicas'], 'there can be only one instance', 'write 1');
  return [...(rollout?.strategy === 'surge' ? [beside] : []), ...(replicas > 1 ? [several] : [])];
}
