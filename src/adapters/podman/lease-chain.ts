import { AppError } from '../../errors.ts';
import { findProcess } from '../../process-identity.ts';
import type { Clock } from '../../ports.ts';
import type { Marker, MarkerHolder, Markers } from './lease-marker.ts';

/** A marker that was not renewed for so long holds nothing, unless its holder is seen alive. */
const EXPIRES_AFTER_MS = 90_000;
/** A holder renews its marker before it is as old as this: twice as often as it must. */
const FRESH_FOR_MS = 45_000;

/** One holder's side of the chain of markers of a manager id. */
export interface Chain {
  readonly markers: Markers;
  readonly holder: MarkerHolder;
  readonly clock: Clock;
}

/** Somebody else may take the same number and go again; so often in a row nobody does. */
const TRIES = 5;

/**
 * Takes the next number of the chain, to become or to stay the holder; answers the marker of somebody
 * else who holds it. A name can be made once, and nobody holds before a look after it has shown that
 * nobody else came meanwhile: so two never hold at once (docs/adr/0009). Throws NAME_TAKEN where a
 * volume that is no marker is in the way.
 */
export async function takeNext(chain: Chain, signal: AbortSignal): Promise<Marker | undefined> {
  let missed = '';
  for (let tries = 0; tries < TRIES; tries += 1) {
    const taking = await tryNext(chain, signal);
    if (taking.kind === 'seen') return taking.other;
    missed = taking.volume;
  }
  throw toNameTaken(missed);
}

/** `missed`: the number was somebody's who is gone already, or is no marker's. */
type Taking =
  | { readonly kind: 'missed'; readonly volume: string }
  | { readonly kind: 'seen'; readonly other?: Marker };

async function tryNext(chain: Chain, signal: AbortSignal): Promise<Taking> {
  const { markers, holder, clock } = chain;
  const before = await markers.list(signal);
  const held = before.find((marker) => !mayTake(chain, marker));
  if (held !== undefined) return { kind: 'seen', other: held };
  const number = (before.at(-1)?.number ?? 0) + 1;
  await markers.create(number, { holder, renewedAtMs: clock() }, signal);
  const known = new Set(before.map(({ volume }) => volume));
  const after = await markers.list(signal);
  const other = after.find((marker) => !isOwn(chain, marker) && !known.has(marker.volume));
  const made = after.some((marker) => isOwn(chain, marker) && marker.number === number);
  const isOver = (marker: Marker): boolean =>
    other === undefined ? marker.number < number : isOwn(chain, marker);
  if (other === undefined && !made) return { kind: 'missed', volume: markers.nameOf(number) };
  for (const marker of after.filter(isOver)) await markers.remove(marker.volume, signal);
  return { kind: 'seen', ...(other && { other }) };
}

/** Whether the chain says that this holder has it, and will for a while. */
export async function stillHolds(chain: Chain, signal: AbortSignal): Promise<boolean> {
  const seen = await chain.markers.list(signal);
  const newest = seen.at(-1);
  if (newest === undefined || !seen.every((marker) => isOwn(chain, marker))) return false;
  return Math.abs(chain.clock() - newest.renewedAtMs) < FRESH_FOR_MS;
}

/** Takes this holder's markers away. */
export async function leaveChain(chain: Chain, signal: AbortSignal): Promise<void> {
  const seen = await chain.markers.list(signal);
  for (const marker of seen.filter((each) => isOwn(chain, each))) {
    await chain.markers.remove(marker.volume, signal);
  }
}

/** Whether its holder can be found neither alive nor dead from here: only time tells. */
export function isUncertain({ holder }: Marker): boolean {
  return holder?.process === undefined || findProcess(holder.process) === 'unknown';
}

function mayTake(chain: Chain, marker: Marker): boolean {
  if (isOwn(chain, marker)) return true;
  const { process } = marker.holder ?? {};
  const found = process === undefined ? 'unknown' : findProcess(process);
  if (found !== 'unknown') return found === 'dead';
  // One from the future counts as well: its holder's clock is wrong, or was.
  return Math.abs(chain.clock() - marker.renewedAtMs) > EXPIRES_AFTER_MS;
}

function isOwn({ holder: { token } }: Chain, { holder }: Marker): boolean {
  return holder?.token === token;
}

function toNameTaken(volume: string): AppError {
  return new AppError('NAME_TAKEN', `the volume ${volume} is in the way: it is no marker of ours`, {
    hint: `remove it: \`podman volume rm ${volume}\``,
  });
}
