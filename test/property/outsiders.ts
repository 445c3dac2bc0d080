import fc from 'fast-check';
import type { ForeignObject, Instance, Orphan } from '../../src/model/instance.ts';
import { forgottenName, instanceName } from '../../src/model/names.ts';
import { adoptedRelease } from '../../src/plan/adopted.ts';
import { START_MS } from '../helpers/services.ts';
import { adoptableId, REVISIONS } from './versions.ts';

/** What there is around one service that was not made by the manager, or is nobody's any more. */
export interface Outsiders {
  /** The container that documents of the service may adopt. */
  readonly adopted: Instance | undefined;
  readonly strays: readonly ForeignObject[];
  readonly orphans: readonly Orphan[];
}

/** `calm` leaves out who writes to a volume of the service: that holds it still for ever. */
export function outsiders(service: string, calm: boolean): fc.Arbitrary<Outsiders> {
  return fc.record({
    adopted: fc.option(adopted(service), { nil: undefined }),
    strays: fc.array(stray(service, calm), { maxLength: 1 }),
    orphans: fc
      .subarray<Orphan['kind']>(['network', 'volume'])
      .map((kinds) => kinds.map((kind) => orphan(service, kind))),
  });
}

function adopted(service: string): fc.Arbitrary<Instance> {
  return fc
    .record({
      of: fc.constantFrom(undefined, ...REVISIONS),
      state: fc.constantFrom('running', 'running', 'created', 'exited', 'paused'),
    })
    .map(({ of, state }): Instance => {
      const name = of ? instanceName(service, adoptedRelease(of), 1) : `by-hand-${service}`;
      return {
        id: adoptableId(service),
        adopted: true,
        name,
        service,
        revision: '',
        release: '',
        state,
        ...(state !== 'created' && { startedAtMs: START_MS - 60_000 }),
        ...(state === 'running' && { url: `http://theirs-${service}` }),
        ...(state === 'exited' && { exit: { code: 1, signal: null, atMs: START_MS - 30_000 } }),
        drift: [],
      };
    });
}

function stray(service: string, calm: boolean): fc.Arbitrary<ForeignObject> {
  return fc
    .record({
      of: fc.constantFrom(...REVISIONS),
      up: calm ? fc.constant(false) : fc.boolean(),
      isForgotten: fc.boolean(),
    })
    .map(({ of: { revision, spec }, up, isForgotten }) => {
      const before = instanceName(service, adoptedRelease({ revision }), 1);
      const id = `stray-${service}`;
      const name = isForgotten ? forgottenName(before, id) : id;
      return { id, name, labelled: { service, name: before, up, spec } };
    });
}

function orphan(service: string, kind: Orphan['kind']): Orphan {
  const name = `${kind}-of-${service}`;
  return { kind, id: `id-${name}`, name, service };
}
