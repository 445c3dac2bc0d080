import { dirname } from 'node:path';
import type { Answer } from './ask.ts';
import type { ForeignFile } from './foreign-files.ts';

export interface Explanation {
  readonly message: string;
  readonly hint: string;
}

/** More names help nobody. */
const MOST_NAMED = 5;
/** The clock of files and that of this process differ by a tick, and a look comes after what it sees. */
const CLOCK_STEP_MS = 2_000;

/** The files that can be what holds Traefik up: changed since it last took something (any when that is unknown). */
export function findSuspects(
  foreign: readonly ForeignFile[],
  takenMs: number | undefined,
): readonly ForeignFile[] {
  const sinceMs = (takenMs ?? 0) - CLOCK_STEP_MS;
  return foreign.filter(({ changedMs }) => changedMs >= sinceMs);
}

export interface Evidence {
  readonly answer: Answer;
  readonly suspects: readonly ForeignFile[];
  /** Whether Traefik was ever seen to take something. */
  readonly hasTaken: boolean;
  /** Our file. */
  readonly file: string;
}

/** Why Traefik does not serve what was written, and what to do: what is certain first, then what is likely. */
export function explain({ answer, suspects, hasTaken, file }: Evidence): Explanation {
  if (answer.kind === 'silent') {
    return { message: answer.cause, hint: 'start Traefik: docs/routing.md says how' };
  }
  const broken = suspects.filter(({ mistake }) => mistake !== undefined);
  if (broken.length > 0) {
    return {
      message: `Traefik takes no change of any file in ${dirname(file)} because of ${listed(broken)}`,
      hint: 'mend that file, or take it out of the folder',
    };
  }
  const doubtful = suspects.filter(({ doubt }) => doubt !== undefined);
  const likely = doubtful.length > 0 || !hasTaken ? doubtful : suspects;
  if (likely.length > 0) {
    return {
      message: `Traefik does not take ${file}, most likely because of ${listed(likely)}`,
      hint: 'a name or value in it that Traefik refuses holds up every file; its log has the words',
    };
  }
  return {
    message: `Traefik does not take ${file}: it may watch another folder, or have no entry point "web"`,
    hint: 'compare its static configuration with traefik/traefik.yml, and read its log',
  };
}

function listed(files: readonly ForeignFile[]): string {
  const lastFirst = files.toSorted((a, b) => b.changedMs - a.changedMs).slice(0, MOST_NAMED);
  const words = lastFirst.map(({ name, mistake, doubt }) => {
    const why = mistake ?? doubt;
    return why === undefined ? name : `${name} (${why})`;
  });
  const more = files.length - lastFirst.length;
  return [...words, ...(more > 0 ? [`${String(more)} more`] : [])].join(', ');
}
