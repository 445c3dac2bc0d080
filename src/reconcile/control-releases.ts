import { randomUUID } from 'node:crypto';
import type { Command } from '../control.ts';
import type { ReleaseReport } from '../model/release-report.ts';
import { AppError } from '../errors.ts';
import type { ServiceHistory } from '../model/history.ts';
import type { Request } from '../model/request.ts';
import type { PlanInput } from '../plan/input.ts';
import { planOf } from './control-look.ts';

/** The releases that a service can go back to, the latest first. */
export async function releasesIn(
  service: string,
  input: PlanInput,
): Promise<readonly ReleaseReport[]> {
  const planned = await planOf(service, input);
  return toReleases(input.histories.get(service) ?? {}, planned?.status.release);
}

/** The request that a wish to go back leaves. Throws REFUSED that lists what there is to go back to. */
export async function toPin(
  { service, to, by }: Extract<Command, { kind: 'rollback' }>,
  input: PlanInput,
): Promise<Request & { readonly kind: 'pin' }> {
  const { acceptedDigest } = input.histories.get(service) ?? {};
  const desiredDigest = acceptedDigest ?? input.digests.get(service) ?? '';
  const release = chooseRelease(service, await releasesIn(service, input), to);
  const base = { id: randomUUID(), by, atMs: input.nowMs };
  return { ...base, kind: 'pin', service, release, desiredDigest };
}

function toReleases(
  { releases = [], condemned }: ServiceHistory,
  running: string | undefined,
): readonly ReleaseReport[] {
  const proven = releases.filter((one) => one.release !== condemned?.release);
  const good = proven.map(({ release, version, imageId, atMs }): ReleaseReport => ({
    release,
    revision: version.revision,
    ...(version.spec.image !== undefined && { image: version.spec.image }),
    ...(imageId !== undefined && { imageId }),
    atMs,
    standing: release === running ? 'running' : 'good',
  }));
  if (!condemned) return good;
  const { release, cause, atMs } = condemned;
  return [...good, { release, atMs, standing: 'given up', cause }];
}

function chooseRelease(
  service: string,
  releases: readonly ReleaseReport[],
  to: string | undefined,
): string {
  const good = releases.filter(({ standing }) => standing !== 'given up');
  const listed = good.map(({ release }) => release).join(', ');
  const found = good.filter(({ release, standing }) =>
    to === undefined ? standing === 'good' : release.startsWith(to),
  );
  const [one, another] = found;
  if (one && (to === undefined || another === undefined)) return one.release;
  const what =
    to === undefined
      ? `${service} has no earlier release to go back to`
      : `${service} has ${one ? 'more than one release' : 'no good release'} ${to}`;
  const hint = listed === '' ? 'none has proven itself yet' : `there is ${listed}`;
  throw new AppError('REFUSED', what, { hint });
}
