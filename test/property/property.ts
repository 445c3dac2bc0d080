import fc from 'fast-check';
import { expect, vi } from 'vitest';
import type { ServicePlan } from '../../src/model/plan.ts';
import type { Route } from '../../src/model/route.ts';
import type { DesiredService } from '../../src/model/service.ts';
import type { PlanInput } from '../../src/plan/input.ts';
import { keptVersion } from '../../src/plan/kept-version.ts';

/** A thorough run sets more. */
const NUM_RUNS = Number(process.env['PROPERTY_RUNS'] ?? 1_000);

/** Nobody shall wait for a slow machine, and a thorough run takes its time. */
export function allowTime(): void {
  vi.setConfig({ testTimeout: 100_000 + 50 * NUM_RUNS });
}

/** Generates values until one breaks a rule; the property answers each breach in words. */
export function expectNever<T>(
  arbitrary: fc.Arbitrary<T>,
  breaches: (value: T) => readonly string[],
): void {
  const property = fc.property(arbitrary, (value) => {
    expect(breaches(value)).toEqual([]);
  });
  fc.assert(property, { numRuns: NUM_RUNS });
}

export function desiredOf({ desired }: PlanInput, name: string): DesiredService | undefined {
  return desired.services.find((service) => service.name === name);
}

/** What goes on of a service: what the documents say, and of one that a gate holds what was accepted last. */
export function wishedOf(
  input: PlanInput,
  { name, gate }: ServicePlan,
): DesiredService | undefined {
  return desiredOf(input, name) ?? (gate && keptVersion(input.histories.get(name)));
}

export function routesOf({ routes }: PlanInput, name: string): readonly Route[] {
  return routes.ok ? routes.routes.filter(({ service }) => service === name) : [];
}

export function foreignIn({ observations }: PlanInput): readonly { readonly name: string }[] {
  return [...observations.values()].flatMap((seen) => (seen.ok ? seen.foreign : []));
}

export function isWait({ kind }: ServicePlan['road'][number]): boolean {
  return kind === 'wait';
}
