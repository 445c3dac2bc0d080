import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../../errors.ts';
import type { Clock, Log } from '../../ports.ts';
import { capture } from './capture.ts';
import type { Environment } from './environment.ts';
import { toCommand, toEnvironment } from './environment.ts';
import type { PortPicker } from './free-port.ts';
import type { ProcessInstance } from './instances.ts';
import type { LogFile } from './log-file.ts';
import type { Shim, Shims } from './shim.ts';

/** What starting and ending programs needs. */
export interface ProgramRunner {
  readonly shims: Shims;
  readonly ports: PortPicker;
  readonly inherited: Environment;
  readonly managerId: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly logFile: (service: string) => LogFile;
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
  const { shim } = instance;
  if (shim === undefined) return;
  shim.end(graceMs);
  const given = Promise.withResolvers<'given up'>();
  const giveUp = (): void => given.resolve('given up');
  signal?.addEventListener('abort', giveUp, { once: true });
  const first = await Promise.race([shim.ended, given.promise]);
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
    command: toCommand(service.spec.command ?? [], port),
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
  captureAll(runner, instance, shim);
  const start = await shim.started;
  if (start.kind === 'failed') throw await explain(instance, start);
  delete instance.exit;
  instance.shim = shim;
  instance.state = 'running';
  instance.startedAtMs = runner.clock();
  void noteEnd(runner, instance, shim);
}

async function noteEnd(
  { clock, onEnd }: ProgramRunner,
  instance: ProcessInstance,
  shim: Shim,
): Promise<void> {
  const end = await shim.ended;
  delete instance.shim;
  instance.state = 'exited';
  instance.exit = { ...end, atMs: clock() };
  onEnd(instance.step.service.name);
}

function captureAll(runner: ProgramRunner, { step, output }: ProcessInstance, shim: Shim): void {
  const service = step.service.name;
  let told = false;
  const target = {
    instance: step.target.name,
    output,
    file: runner.logFile(service),
    clock: runner.clock,
    onFileError: (error: unknown) => {
      if (!told) runner.log.warn({ service, err: error }, 'output is not written to its file');
      told = true;
    },
  };
  void capture(shim.stdout, 'stdout', target);
  void capture(shim.stderr, 'stderr', target);
}

/** Why a program could not be run, and the way out. */
async function explain(
  { step: { service } }: ProcessInstance,
  { code, message }: { readonly code: string; readonly message: string },
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
    `The program ${program} of ${name} could not be run: ${message}`,
  );
}
