import { existsSync } from 'node:fs';

const LOOK_EVERY_MS = 1_000;
/** A folder that is moved or restored by hand is back by then. */
const MOST_LOOKS = 5;

/** Calls back once when a file was not there for several looks in a row. */
export function watchPlace(file: string, onLost: () => void): void {
  let missing = 0;
  const timer = setInterval(() => {
    missing = existsSync(file) ? 0 : missing + 1;
    if (missing < MOST_LOOKS) return;
    clearInterval(timer);
    onLost();
  }, LOOK_EVERY_MS);
  timer.unref();
}
