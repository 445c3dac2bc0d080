import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../errors.ts';
import { createMask } from '../../model/mask.ts';
import type { Clock, Log } from '../../ports.ts';

import { capture } from './capture.ts';
import type { Environment } from './environment.ts';
import { toEnvironment } from './environment.ts';
import type { PortPicker } from './free-port.ts';
import type { ProcessInstance } from './instances.ts';
import type { LogFiles } from './log-files.ts';
import { toServingCommand } from './serving-command.ts';
import type { Shim, Shims } from './shim.ts';

/** An end is told with the last lines printed, unless a flood of them is still being read. */
const LAST_WORDS_MS = 500;

/** What starting and ending programs needs. */
export interface ProgramRunner {
  readonly shims: Shims;
  readonly ports: PortPicker;
  readonly inherited: Environment;
  readonly managerId: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly logFiles: LogFiles;
  /** Called after a program has ended, whoever ended it. */
  readonly onEnd: (service: string) => void;
}

/** Runs the program of an instance, unless it runs. Throws PROGRAM_MISSING, PROGRAM_FAILED. */
export function startProgram(runner: ProgramRunner, instance: ProcessInstance): Promise<void> {
  if (instance.state === 'running') return Promise.resolve();
  instance.starting ??= launch(runner, instance).finally(() => delete instance.starting);
  return instance.starting;
}

/** TERM, then KILL after the grace; resolves when nothing of the program is left. */
export async function stopProgram(
  instance: ProcessInstance,
  graceMs: number,
  signal?: AbortSignal,
): Promise<void> {
  await instance.starting?.catch(() => undefined);
  const { program } = instance;
  if (program === undefined) return;
  program.end(graceMs);
  const given = Promise.withResolvers<'given up'>();
  const giveUp = (): void => given.resolve('given up');
  signal?.addEventListener('abort', giveUp, { once: true });
  const first = await Promise.race([program.ended, given.promise]);
  signal?.removeEventListener('abort', giveUp);
  if (first === 'given up')
    throw new AppError('TIMED_OUT', `${instance.step.target.name} did not end in time.`);
}

async function launch(runner: ProgramRunner, instance: ProcessInstance): Promise<void> {
  const { service, target } = instance.step;
  const port = await runner.ports.pick(instance.port);
  instance.port = port;
  const marker = `${runner.managerId}/${target.name}/${instance.id}`;
  const shim = runner.shims.run({
    ...toServingCommand(service, target.name, port),
    environment: toEnvironment({
      inherited: runner.inherited,
      nodeFolder: dirname(process.execPath),
      own: instance.environment,
      service,
      port,
      marker,
    }),
    directory: service.directory,
    marker,
  });
  const captured = captureAll(runner, instance, shim);
  const start = await shim.started;
  if (start.kind === 'failed') throw await explain(instance, start);
  delete instance.exit;
  instance.state = 'running';
  instance.startedAtMs = runner.clock();
  instance.program = {
    end: (graceMs) => shim.end(graceMs),
    ended: noteEnd(runner, instance, { shim, captured }),
  };
}

async function noteEnd(
  { clock, onEnd }: ProgramRunner,
  instance: ProcessInstance,
  { shim, captured }: { readonly shim: Shim; readonly captured: Promise<unknown> },
): Promise<void> {
  const end = await shim.ended;
  const atMs = clock();
  const patience = new AbortController();
  const late = pause(LAST_WORDS_MS, undefined, { signal: patience.signal });
  await Promise.race([captured, late.catch(() => undefined)]);
  patience.abort();
  delete instance.program;
  instance.state = 'exited';
  instance.exit = { ...end, atMs };
  onEnd(instance.step.service.name);
}

/** Never rejects; resolves when both streams have ended. */
function captureAll(
  runner: ProgramRunner,
  { step, output, environment }: ProcessInstance,
  { stdout, stderr }: Shim,
): Promise<unknown> {
  const service = step.service.name;
  let told = false;
  const target = {
    instance: step.target.name,
    output,
    file: runner.logFiles.of(service),
    clock: runner.clock,
    mask: createMask(step.service.spec, environment),
    onFileError: (error: unknown) => {
      if (!told) runner.log.warn({ service, err: error }, 'output is not written to its file');
      told = true;
    },
  };
  return Promise.all([capture(stdout, 'stdout', target), capture(stderr, 'stderr', target)]);
}

/** Why a program could not be run, and the way out. */
async function explain(
  { step: { service } }: ProcessInstance,
  { code }: { readonly code: string },
): Promise<AppError> {
  const { name, directory, spec } = service;
  const [program = ''] = spec.command ?? [];
  const folder = await stat(directory).catch(() => undefined);
  if (folder?.isDirectory() !== true)
    return new AppError(
      'PROGRAM_MISSING',
      `The folder ${directory}, in which ${name} runs, is missing.`,
      {
        hint: 'make the folder, or move the document to the one that is meant',
      },
    );
  if (code === 'ENOENT')
    return new AppError(
      'PROGRAM_MISSING',
      `The program ${program} of ${name} was not found from ${directory}.`,
      {
        hint: 'install it so that it is in PATH, or write its path in `command`',
      },
    );
  if (code === 'EACCES')
    return new AppError(
      'PROGRAM_MISSING',
      `The program ${program} of ${name}, run in ${directory}, is not executable.`,
      {
        hint: `chmod +x ${program}, or name its interpreter first in \`command\``,
      },
    );
  return new AppError(
    'PROGRAM_FAILED',
    `The program ${program} of ${name} could not be run: ${code}.`,
  );
}
