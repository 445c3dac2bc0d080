import fc from 'fast-check';
import type { DesiredService } from '../../src/model/service.ts';
import { wanted } from '../helpers/services.ts';

export const SECRET = 'file:/key';
export const IMAGE = 'echo:1';
export const IMAGES = ['image-1', 'image-2', 'image-3'].map((id) => ({ id }));
export const HOUR_MS = 3_600_000;

/** The id of the container that documents of the service may adopt. */
export function adoptableId(service: string): string {
  return `theirs-${service}`;
}

/** Specs that differ in what makes a revision: one without, one with a secret, one with an image. */
const SPECS = [
  {},
  { env: { KEY: { secret: SECRET } } },
  { image: IMAGE, command: ['serve'] },
  { path: '/other' },
  { volumes: [{ source: 'data', destination: '/data', readOnly: false }] },
] as const;
export const REVISIONS = SPECS.map((spec) => wanted('any', { spec }));

/** A service as a document may want it. */
export function desired(name: string, calm: boolean): fc.Arbitrary<DesiredService> {
  return fc
    .record({
      spec: fc.constantFrom(...SPECS),
      runtime: fc.constantFrom('memory', 'memory', 'other'),
      power: fc.constantFrom('on', 'on', 'on', 'off'),
      isProtected: calm ? fc.constant(false) : fc.boolean(),
      kind: fc.constantFrom('mcp', 'mcp', 'none'),
      adopts: fc.constantFrom(false, false, true),
      strategy: fc.constantFrom('surge', 'recreate'),
      replicas: fc.constantFrom(1, 1, 2, 3),
      // What comes of a rollback is another question.
      onFailure: fc.constantFrom('hold', calm ? 'hold' : 'rollback'),
      // What is not there can never be made where nobody may be asked.
      pull: fc.constantFrom('missing', 'missing', 'always', calm ? 'missing' : 'never'),
    })
    .map(({ kind, isProtected, adopts, strategy, onFailure, ...overrides }) => {
      const verify = { kind, tools: [], everyMs: 60_000, timeoutMs: 10_000 } as const;
      const adopt = adopts ? { adopt: adoptableId(name) } : {};
      const { rollout } = wanted(name);
      return wanted(name, {
        ...overrides,
        ...adopt,
        protected: isProtected,
        verify,
        rollout: { ...rollout, stableForMs: 10_000, strategy, onFailure },
      });
    });
}
