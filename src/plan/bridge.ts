import type { Instance } from '../model/instance.ts';
import type { Request } from '../model/request.ts';
import type { DesiredService } from '../model/service.ts';
import type { PlanInput } from './input.ts';
import type { ServiceView } from './view.ts';

/** The version of the bridge that a new instance gets; undefined where it has none, or that is not known. */
export function presentBridge(
  { runtime, spec }: DesiredService,
  { bridges }: Pick<PlanInput, 'bridges'>,
): string | undefined {
  return spec.transport === 'stdio' ? bridges.get(runtime) : undefined;
}

export interface OlderBridge {
  readonly reason: 'replace_by_request';
  readonly cause: string;
  readonly paths: readonly string[];
}

/** A new bridge rolls nothing by itself: only where somebody asked for it. */
export function whyOlderBridge(
  view: ServiceView,
  instance: Pick<Instance, 'bridge'>,
  desired: DesiredService,
  input: PlanInput,
): OlderBridge | undefined {
  const present = presentBridge(desired, input);
  if (present === undefined || !isOlder(instance, present)) return undefined;
  if (wishes(view).length === 0) return undefined;
  const cause = `bridge moves from ${short(instance.bridge ?? '')} to ${short(present)}`;
  return { reason: 'replace_by_request', cause, paths: ['bridge'] };
}

/**
 * Ids of the wishes that hold: everything runs with the present bridge, or has none. While nobody can
 * tell which one that is, they stay open.
 */
export function heldBridgeWishes(
  view: ServiceView,
  desired: DesiredService,
  input: PlanInput,
): readonly string[] {
  const present = presentBridge(desired, input);
  const isBridged = desired.spec.transport === 'stdio';
  const isOpen = view.instances.some(
    ({ bridge }) =>
      isBridged && bridge !== undefined && (present === undefined || bridge !== present),
  );
  return isOpen ? [] : wishes(view).map(({ id }) => id);
}

function wishes({ requests }: ServiceView): readonly Request[] {
  return requests.filter(({ kind }) => kind === 'update-bridge');
}

/** What is not known is not replaced. */
function isOlder({ bridge }: Pick<Instance, 'bridge'>, present: string): boolean {
  return bridge !== undefined && bridge !== present;
}

/** Enough of a version for people. */
function short(version: string): string {
  return version.slice(0, 12);
}
