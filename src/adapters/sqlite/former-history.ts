import type { GoodRelease, ServiceHistory } from '../../model/history.ts';
import { releaseOf } from '../../model/revision.ts';

/** How the last good release was kept before there was a list of them. */
interface FormerHistory extends ServiceHistory {
  readonly goodRelease?: string;
  readonly goodOutcome?: GoodRelease['outcome'];
  readonly goodImage?: { readonly id: string };
}

/**
 * A history as the present version keeps it. Of what an earlier one called good, the version is known only
 * where the accepted one makes the same release: else it proves itself anew when it passes next.
 */
export function readHistory(text: string): ServiceHistory {
  const { goodRelease, goodOutcome, goodImage, ...history }: FormerHistory = JSON.parse(text);
  const { accepted: version, releases, verification } = history;
  if (releases || !version || goodRelease === undefined || !goodOutcome) return history;
  const image = goodImage && { imageId: goodImage.id };
  const parts = { revision: version.revision, secretVersions: {} };
  // The image is part of the name only where its reference had moved.
  const names = [releaseOf(parts), releaseOf({ ...parts, ...image })];
  if (!names.includes(goodRelease)) return history;
  const atMs = verification?.verifiedAtMs ?? 0;
  const good = { release: goodRelease, version, ...image, outcome: goodOutcome, atMs };
  return { ...history, releases: [good] };
}
