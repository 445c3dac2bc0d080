import { AppError } from '../../errors.ts';
import { EngineError } from './engine-error.ts';
import type { Inspection } from './inspection.ts';
import { readLabels } from './labels.ts';
import { createLogReader } from './log-reader.ts';
import type { Scene } from './scene.ts';
import { NO_SPACE, storageFull } from './storage-full.ts';
import { toState } from './to-instance.ts';

/** Somebody took the host port of a container while it did not run. */
export function isPortTaken(error: unknown): boolean {
  return (
    error instanceof EngineError &&
    // The name server of a network may say "address already in use" as well: that passes.
    /listen tcp\S* \S+:\d+: .*address already in use/.test(error.message)
  );
}

/** Why the engine did not start a container, in the words of people who know the service. */
export function explainStart(error: unknown, found: Inspection): unknown {
  if (!(error instanceof EngineError)) return error;
  if (isPortTaken(error))
    return new AppError(
      'RUNTIME_UNAVAILABLE',
      `The port of ${found.name} on this host was taken by another program while it did not run.`,
      {
        hint:
          readLabels(found.labels) === undefined
            ? 'end that program: the container was taken over, and has its port for good'
            : 'it is made anew with another port by itself',
      },
    );
  if (NO_SPACE.test(error.message)) return storageFull(`start ${found.name}`);
  if (NOT_RUNNABLE.test(error.message)) return tellInitFailure(error.reason, found);
  return error;
}

/** As the low-level runtimes say it, where no init process stands between. */
const NOT_RUNNABLE =
  /command that was not found|executable file .* not found|exec format error|exec .* permission denied/;

/** An init process (catatonit, tini) that could not run the program of its container. */
const INIT_FAILURE = /(?:failed to exec pid1|\[FATAL tini .*exec .* failed): (?<cause>.+)$/;

/** Above it stands 128 and the signal that ended the program. */
const LAST_OWN_EXIT_CODE = 128;

/** Why the program of a container that ended could not be run; undefined when it ran. */
export async function readInitFailure(
  scene: Scene,
  found: Inspection,
): Promise<string | undefined> {
  const { status, exitCode } = found;
  // What a signal ended did run, and is started again without reading first.
  if (toState(status) !== 'exited' || exitCode === 0 || exitCode > LAST_OWN_EXIT_CODE)
    return undefined;
  // One whose log goes nowhere cannot be read, and starts all the same.
  const last = await readLastLine(scene, found).catch(() => '');
  return INIT_FAILURE.exec(last)?.groups?.['cause'];
}

/** Printed just before the end, by a try before it at the worst: a long log is not read for it. */
const LAST_WORDS_MS = 60_000;

/** Not by the tail of the log: there Podman leaves out pieces of lines, and init processes write in pieces. */
async function readLastLine(
  { engine, signal }: Scene,
  { id, finishedAtMs = 0 }: Inspection,
): Promise<string> {
  const reader = createLogReader({ engine, id, signal }, finishedAtMs - LAST_WORDS_MS);
  let last = '';
  for await (const { text } of reader.read({ follow: false })) last = text;
  return last;
}

export function tellInitFailure(cause: string, { labels, name }: Inspection): AppError {
  const { service = name, spec } = readLabels(labels) ?? {};
  const program = spec?.command?.[0] ?? 'program';
  const image = spec?.image ?? 'its image';
  return new AppError(
    'PROGRAM_MISSING',
    `The program ${program} of ${service} cannot be run in ${image}: ${cause}.`,
    {
      hint: `look for a misspelt \`command\`, a file that is not executable, or an image of another architecture than this machine's`,
    },
  );
}
