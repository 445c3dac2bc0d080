import type { Drift } from '../model/plan.ts';
import type { Motive } from './motive.ts';
import type { SortedInstances } from './sort-instances.ts';
import { unexplained } from './strays.ts';
import type { ServiceView } from './view.ts';

/** What differs from what was applied: field by field, in existence, at run time. */
export function driftOf(
  view: ServiceView,
  { current, extras, outdated }: SortedInstances,
  motive: Motive,
): readonly Drift[] {
  const service = view.name;
  const fields = view.instances.flatMap((instance) =>
    instance.drift.map((field): Drift => ({
      service,
      signal: 'spec',
      instance: instance.name,
      ...field,
    })),
  );
  const tooMany = extras.map(({ name }): Drift => ({
    service,
    signal: 'existence',
    instance: name,
    expected: 'absent',
    actual: 'present',
  }));
  const missing: readonly Drift[] =
    motive.reason === 'create_because_missing' && outdated.length === 0
      ? [{ service, signal: 'existence', expected: 'present', actual: 'missing' }]
      : [];
  const strange = unexplained(view.strays).map(({ name, before }): Drift => ({
    service,
    signal: 'existence',
    instance: name,
    expected: 'absent',
    actual: `says that it is ${before}`,
  }));
  const failing: readonly Drift[] = motive.failure
    ? [
        {
          service,
          signal: 'runtime',
          instance: current?.name ?? service,
          expected: 'running',
          actual: motive.failure,
        },
      ]
    : [];
  return [...fields, ...tooMany, ...missing, ...strange, ...failing];
}
