import { dirname } from 'node:path';
import type { Config } from '../config.ts';
import { AppError } from '../errors.ts';
import type { EngineFacts } from '../model/engine.ts';
import type { CliContext } from './context.ts';
import { decideRuntime, type Detection, detectRuntimes, sayEngines } from './detect-runtime.ts';
import { type EngineFinding, podmanSocket } from './engine-sockets.ts';
import { examineEngine } from './examine-engine.ts';
import type { Finding } from './finding.ts';

const TOPIC = 'runtime';

/** Which runtime is chosen and why; for Podman also whether it can run services here. */
export async function examineRuntime(
  context: CliContext,
  config: Config,
  running: string | undefined,
): Promise<readonly Finding[]> {
  const detection = await detectRuntimes(config, context);
  const chosen = examineChoice(context, { config, detection, running });
  if (chosen.runtime !== 'podman') return [chosen.finding];
  const answering = detection.engines.find(({ answer }) => isPodman(answer));
  const facts = await context.gatherEngineFacts(answering?.socket);
  const wanted = podmanSocket(config, context);
  const socket = answering ? [] : examineSocket(detection.engines, wanted, facts);
  return [chosen.finding, ...socket, ...examineEngine(facts)];
}

interface Choice {
  readonly config: Config;
  readonly detection: Detection;
  /** Of the manager that runs. */
  readonly running: string | undefined;
}

interface Chosen {
  readonly finding: Finding;
  /** Also where none could be chosen: what is worth a closer look then. */
  readonly runtime: string | undefined;
}

function examineChoice(context: CliContext, { config, detection, running }: Choice): Chosen {
  const good = { topic: TOPIC, verdict: 'good' } as const;
  if (running !== undefined) {
    const words = `${running}, as the running manager chose`;
    return { finding: { ...good, words }, runtime: running };
  }
  try {
    const { runtime, engineSocket } = decideRuntime(config, detection, context);
    const place = engineSocket === undefined ? '' : ` at ${engineSocket}`;
    const why = config.runtime === undefined ? 'the first that answers' : 'as was asked for';
    const beside = sayEngines(detection.engines.filter(({ socket }) => socket !== engineSocket));
    const words = `${runtime}${place}, ${why}${beside === '' ? '' : `; beside it: ${beside}`}`;
    return { finding: { ...good, words }, runtime };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const mend = 'start Podman as said below, or try child processes: --runtime process';
    const finding = { topic: TOPIC, verdict: 'fault', words: error.message, mend } as const;
    return { finding, runtime: 'podman' };
  }
}

function isPodman(answer: EngineFinding['answer']): boolean {
  return answer.kind === 'answers' && answer.engine === 'podman';
}

/** That no Podman answers, why, and what starts it; nothing where it is not even installed. Pure. */
function examineSocket(
  engines: readonly EngineFinding[],
  wanted: string,
  facts: EngineFacts,
): readonly Finding[] {
  if (!facts.programs.has('podman')) return [];
  const answer = engines.find(({ socket }) => socket === wanted)?.answer;
  const finding = { topic: 'socket', verdict: 'fault' } as const;
  if (answer?.kind === 'denied') {
    const words = `${wanted} belongs to another user`;
    const mend = 'run as that user, or start a service of your own and unset CONTAINER_HOST';
    return [{ ...finding, words, why: 'only its owner may ask an engine', mend }];
  }
  const silent = answer?.kind === 'silent' ? `is there, but ${answer.cause}` : 'is not there';
  const why = 'the manager asks Podman by it';
  return [{ ...finding, words: `${wanted} ${silent}`, why, mend: startOf(wanted, facts) }];
}

function startOf(socket: string, { hasSystemd, userId }: EngineFacts): string {
  const unit = socket.endsWith('/podman/podman.sock');
  if (!hasSystemd || !unit) {
    return `mkdir -p ${dirname(socket)} && podman system service --time=0 unix://${socket} &`;
  }
  if (userId === 0) return 'systemctl enable --now podman.socket';
  return 'systemctl --user enable --now podman.socket (and `loginctl enable-linger`, so that it outlives your session)';
}
