import { isUp } from '../model/instance.ts';
import type { LeftAlone } from '../model/plan.ts';
import { instanceName, isForgotten } from '../model/names.ts';
import type { DesiredService, ServiceSpec } from '../model/service.ts';
import { adoptedRelease, standingOf } from './adopted.ts';
import type { PlanInput } from './input.ts';

/** A container that was ours, or says so, under another name. It is never touched. */
export interface Stray {
  readonly service: string;
  readonly runtime: string;
  readonly name: string;
  /** What it would be called if it were ours. */
  readonly before: string;
  /** It runs, or is only paused. */
  readonly up: boolean;
  readonly spec?: ServiceSpec;
}

/** Everything that carries our labels under another name, or was taken over and then renamed by hand. */
export function straysOf(input: PlanInput): readonly Stray[] {
  return [...labelledStrays(input), ...adoptedStrays(input)].toSorted((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}

function labelledStrays({ observations }: PlanInput): readonly Stray[] {
  return [...observations].flatMap(([runtime, seen]) =>
    (seen.ok ? seen.foreign : []).flatMap(({ name, labelled }) => {
      if (labelled === undefined) return [];
      const { name: before, ...labels } = labelled;
      return [{ ...labels, runtime, name, before }];
    }),
  );
}

function adoptedStrays({ observations, histories, desired }: PlanInput): readonly Stray[] {
  return [...observations].flatMap(([runtime, seen]) =>
    (seen.ok ? seen.instances : []).flatMap((instance): readonly Stray[] => {
      const { adopted, id, name, service } = instance;
      const history = histories.get(service);
      const version = history?.accepted;
      if (!adopted || !version || history.adoptedId !== id) return [];
      const wanted = desired.services.find((one) => one.name === service);
      if (standingOf(instance, wanted, history) !== 'stray') return [];
      const before = instanceName(service, adoptedRelease(version), 1);
      return [{ service, runtime, name, before, up: isUp(instance), spec: version.spec }];
    }),
  );
}

/** Those that nobody of us let go: somebody must know of them. */
export function unexplained(strays: readonly Stray[]): readonly Stray[] {
  return strays.filter(({ name, before }) => !isForgotten(name, before));
}

/** One that still writes to a volume that the service writes to: there may be no second writer. */
export function findWriter(
  strays: readonly Stray[],
  { runtime, spec }: DesiredService,
): { readonly stray: Stray; readonly volume: string } | undefined {
  const written = new Set(writtenVolumes(spec));
  for (const stray of strays) {
    const shared = stray.spec && writtenVolumes(stray.spec).find((volume) => written.has(volume));
    const writes = stray.up && stray.runtime === runtime;
    if (writes && shared !== undefined) return { stray, volume: shared };
  }
  return undefined;
}

function writtenVolumes({ volumes }: ServiceSpec): readonly string[] {
  return volumes.filter(({ readOnly }) => !readOnly).map(({ source }) => source);
}

/** How the strays are told, each with its way out. */
export function strayNotes(strays: readonly Stray[]): readonly LeftAlone[] {
  return unexplained(strays).map(({ service, runtime, name, before }) => ({
    kind: 'container',
    service,
    runtime,
    name,
    cause: `it was ${before}, or copies its labels`,
    allow: `rename it to ${before}, or remove it by hand`,
  }));
}
