import { basename } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';

export interface WatchedFolders {
  readonly desiredFolder: string;
  readonly templatesFolder: string;
}

/** Short enough for an edit to be acted on at once, long enough for the two halves of a write. */
const SETTLE_MS = 60;
/** While changes go on and on, wake at least this often. */
const LONGEST_SETTLE_MS = 500;

/** Wakes after changes in one of the folders have settled; events are hints, whoever wakes reads again. */
export function watchFolders(
  { desiredFolder, templatesFolder }: WatchedFolders,
  wake: () => void,
  signal: AbortSignal,
): void {
  if (signal.aborted) return;
  const settled = createSettler(wake);
  const options = { ignoreInitial: true, ignored: isHidden };
  const watchers = [
    watch(desiredFolder, options),
    // The sources of images lie in folders beside the templates.
    watch(templatesFolder, { ...options, depth: 0 }),
  ];
  for (const watcher of watchers) listen(watcher, () => settled.notice());
  const stop = (): void => {
    settled.stop();
    // Closing cannot fail in a way that anybody could act on.
    for (const watcher of watchers) watcher.close().catch(() => undefined);
  };
  signal.addEventListener('abort', stop, { once: true });
}

function listen(watcher: FSWatcher, notice: () => void): void {
  watcher.on('all', (event, path) => {
    if (isOfInterest(event, basename(path))) notice();
  });
  // Too many watches, a folder that may not be read: look once; the resync does the rest.
  watcher.on('error', () => notice());
}

/** `..data` is how a mounted ConfigMap is swapped; all other hidden names say nothing. */
function isHidden(path: string): boolean {
  const name = basename(path);
  return name.startsWith('.') && !name.startsWith('..');
}

function isOfInterest(event: string, name: string): boolean {
  return event.endsWith('Dir') || name.startsWith('..') || /\.(ya?ml|json)$/.test(name);
}

/** Calls `wake` once when notices have stopped coming for a moment. */
function createSettler(wake: () => void) {
  let timer: NodeJS.Timeout | undefined;
  let firstAtMs = 0;
  const settle = (): void => {
    timer = undefined;
    wake();
  };
  return {
    notice(): void {
      const nowMs = performance.now();
      if (timer === undefined) firstAtMs = nowMs;
      else if (nowMs - firstAtMs > LONGEST_SETTLE_MS) return;
      clearTimeout(timer);
      timer = setTimeout(settle, SETTLE_MS);
    },
    stop(): void {
      clearTimeout(timer);
    },
  };
}
