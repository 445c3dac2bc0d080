import type { Condemned, GoodRelease } from '../model/history.ts';
import type { Verdict } from '../model/plan.ts';
import type { DesiredService } from '../model/service.ts';
import { findFailure } from './condemn.ts';
import { imageToMake, newRelease } from './image.ts';
import type { PlanInput } from './input.ts';
import { isAnsweredBy } from './motive.ts';
import { isTarget } from './routing.ts';
import { knownVersions, movedSecrets } from './secret-versions.ts';
import { checkingOf, hasRequest, type ServiceView } from './view.ts';

/** What a service is taken to: what its document says, or a release that was good before. */
export interface Aim {
  readonly view: ServiceView;
  readonly desired: DesiredService;
  /** A release is given up just now. */
  readonly verdict?: Verdict;
}

/**
 * A release that fails while an earlier one is known to be good is given up for that one, and stays so
 * until its input changes or a restart is asked for. A person may also go back by a request.
 */
export function aimFor(view: ServiceView, desired: DesiredService, input: PlanInput): Aim {
  const pin = pinOf(view);
  const pinned = pin && view.history.releases?.find(({ release }) => release === pin.release);
  if (pin && pinned) {
    const cause = `rolled back to ${pinned.release}, asked by ${pin.by}`;
    return backTo(pinned, { view, desired, kind: 'pinned', cause });
  }
  const held = heldCondemnation(view, desired, input);
  const failure = held ? undefined : findFailure(view, desired, input);
  const condemned = held ?? failure?.condemned;
  const good = condemned && fallbackFor(view, desired, condemned.release);
  if (!condemned || !good) return { view, desired };
  const cause = `rolled back to ${good.release}: ${condemned.cause}`;
  const aim = backTo(good, { view, desired, kind: 'rolled-back', cause, givenUp: condemned });
  if (!failure) return aim;
  const { instance } = failure;
  const verdict = { kind: 'condemned', release: condemned, to: good.release, instance } as const;
  return { ...aim, verdict };
}

/** A request to go back holds for the version that it was made in view of. */
function pinOf(view: ServiceView) {
  const pin = hasRequest(view, 'pin');
  return pin?.desiredDigest === view.digest ? pin : undefined;
}

function heldCondemnation(
  view: ServiceView,
  desired: DesiredService,
  input: PlanInput,
): Condemned | undefined {
  const { condemned } = view.history;
  if (!condemned || condemned.desiredDigest !== view.digest) return undefined;
  // How it is checked, and which tools are approved, is input as well.
  if (condemned.settings !== view.settings) return undefined;
  const asked = view.requests.filter(({ kind }) => kind === 'restart');
  if (asked.some((request) => !isAnsweredBy(condemned, request))) return undefined;
  const isSame = condemned.release === newRelease(view, desired, input);
  return isSame || !hasMoved(condemned, { view, desired, input }) ? condemned : undefined;
}

/** Whether anything is known to be another than it was made of; unknown is no change. */
function hasMoved(
  { secretVersions, imageId }: Condemned,
  {
    view,
    desired,
    input,
  }: { readonly view: ServiceView; readonly desired: DesiredService; readonly input: PlanInput },
): boolean {
  const image = imageToMake(view, desired, input);
  if (image !== undefined && image !== imageId) return true;
  return movedSecrets(secretVersions ?? {}, knownVersions(desired, input)).length > 0;
}

/** The latest good release but this one; without any memory, what runs beside it. */
function fallbackFor(
  { instances, history, routes }: ServiceView,
  desired: DesiredService,
  release: string,
): GoodRelease | undefined {
  const remembered = history.releases?.find((good) => good.release !== release);
  if (remembered) return remembered;
  const others = instances.filter((one) => one.state === 'running' && one.release !== release);
  const live = others.find(({ name }) => isTarget(routes, name)) ?? others[0];
  if (!live?.spec || live.adopted) return undefined;
  const { spec, revision, runtime, imageId } = live;
  const version = { ...desired, spec, revision, runtime };
  const image = imageId === undefined ? {} : { imageId };
  return { release: live.release, version, ...image, outcome: 'verified', atMs: 0 };
}

interface Back {
  readonly view: ServiceView;
  readonly desired: DesiredService;
  readonly kind: 'pinned' | 'rolled-back';
  readonly cause: string;
  readonly givenUp?: Condemned;
}

/** What is no part of a release goes on to be what the document says. */
function backTo(good: GoodRelease, { view, desired, ...why }: Back): Aim {
  const { spec, revision, runtime, verify, directory, adopt: _adopt, ...rest } = good.version;
  const { adopt: _now, template: _template, ...kept } = desired;
  const version: DesiredService = {
    ...kept,
    spec,
    revision,
    runtime,
    verify,
    directory,
    pull: good.version.pull === 'never' ? 'never' : 'missing',
    ...(good.version.adopt !== undefined && { adopt: good.version.adopt }),
    ...(rest.template !== undefined && { template: rest.template }),
  };
  const { release, imageId } = good;
  const past = { ...why, release, ...(imageId !== undefined && { imageId }) };
  const { settings: _settings, toolRule: _rule, ...own } = view;
  const checking = checkingOf(version, view.toolLock);
  return { view: { ...own, desired: version, ...checking, past }, desired: version };
}
