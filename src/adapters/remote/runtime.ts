import { AppError, formatError } from '../../errors.ts';
import type { FieldDrift, Instance, Observation } from '../../model/instance.ts';
import type { RuntimeStep } from '../../model/plan.ts';
import { REMOTE_RUNTIME } from '../../model/remote.ts';
import type { RemoteCommand, RemoteReport } from '../../model/remote.ts';
import type { ObserveRequest, Runtime, SecretValues } from '../../ports.ts';
import { commandRemote, listRemotes } from './ask-program.ts';
import { resolveHeaders } from './headers.ts';

export interface RemoteRuntimeOptions {
  /** The router program's control socket. */
  readonly socket: string;
  /** Ranges (CIDR) that services may lead to although they are not public. */
  readonly allowed: readonly string[];
  /** How long a program that is not there is waited for; 0 where nobody starts it. */
  readonly startsWithinMs: number;
  /** The program, where it is there for remote services alone; else somebody else sees to it. */
  readonly program?: RemoteProgram;
}

/** The life of a router program. */
export interface RemoteProgram {
  /** Sees to it that it runs from now on. Idempotent. */
  begin(): Promise<void>;
  /** Calls `wake` when it began or ceased to run. */
  watch(wake: () => void, signal: AbortSignal): void;
  close(): Promise<void>;
}

/**
 * Services that run elsewhere: an instance is an entry in our router program, with the values of its
 * headers, and lives as long as that. Nothing is remembered here.
 */
export function createRemoteRuntime(options: RemoteRuntimeOptions): Runtime {
  const { allowed, program } = options;
  return {
    name: REMOTE_RUNTIME,
    observe: (request, signal) => observe(options, request, signal),
    async perform(step, values, signal) {
      const command = toCommand(step, values, allowed);
      if (command === undefined) return {};
      if (command.kind === 'create') await program?.begin();
      const answer = await commandRemote(options, command, signal);
      if (command.kind === 'start' && answer.id === undefined) {
        const message = `There is no instance ${command.name} to start any more.`;
        throw new AppError('PROGRAM_FAILED', message);
      }
      return command.kind === 'create' || command.kind === 'start' ? answer : {};
    },
    images: () => Promise.resolve(new Map()),
    inspect: () =>
      Promise.reject(new AppError('NOT_SUPPORTED', 'remote services have no containers')),
    watch: (wake, signal) => program?.watch(() => wake(undefined), signal),
    logs: (instance) => refuseLogs(instance),
    close: async () => program?.close(),
  };
}

type Place = Pick<RemoteRuntimeOptions, 'socket' | 'allowed'>;

async function observe(
  { socket, allowed }: Place,
  { names }: ObserveRequest,
  signal: AbortSignal,
): Promise<Observation> {
  try {
    const all = (await listRemotes(socket, signal)) ?? [];
    const asked = all.filter(({ labels }) => names?.has(labels.service) ?? true);
    const instances = asked.map((report) => toInstance(report, allowed));
    return { ok: true, instances, foreign: [], limitations: [] };
  } catch (error) {
    return { ok: false, cause: formatError(error) };
  }
}

function toInstance(report: RemoteReport, allowed: readonly string[]): Instance {
  const { id, name, labels, state, startedAtMs, exitedAtMs, url } = report;
  const { service, revision, release, spec, secretVersions } = labels;
  const exit = { code: 0, signal: null };
  return {
    id,
    name,
    service,
    revision,
    release,
    spec,
    secretVersions,
    state,
    ...(startedAtMs !== undefined && { startedAtMs }),
    ...(exitedAtMs !== undefined && { exit: { ...exit, atMs: exitedAtMs } }),
    ...(url !== undefined && { url }),
    drift: driftOf(labels.allowed, allowed),
  };
}

/** The program of a manager before us goes by what that one was allowed. */
function driftOf(actual: readonly string[], expected: readonly string[]): readonly FieldDrift[] {
  const [was, is] = [actual, expected].map((ranges) => ranges.toSorted().join(', ') || 'none');
  if (was === undefined || is === undefined || was === is) return [];
  return [{ path: 'allowedRemoteAddresses', expected: is, actual: was }];
}

/** What is there to be done in the router program; undefined where nothing is. */
function toCommand(
  step: RuntimeStep,
  values: SecretValues,
  allowed: readonly string[],
): RemoteCommand | undefined {
  switch (step.kind) {
    case 'create':
      return toCreate(step, values, allowed);
    case 'start':
      return { kind: 'start', ...toAddress(step) };
    case 'stop':
      return { kind: 'stop', ...toAddress(step), graceMs: step.graceMs };
    case 'remove':
    // Without its entry nothing of it is here: nobody else could take it over.
    case 'forget':
      return { kind: 'remove', ...toAddress(step) };
    case 'update':
      return undefined;
    case 'pull':
    case 'adopt':
    case 'prune':
      throw new AppError('RUNTIME_UNSUPPORTED', `Remote services know no ${step.kind}.`);
    default:
      return step satisfies never;
  }
}

function toAddress({
  target,
}: Extract<RuntimeStep, { kind: 'start' | 'stop' | 'remove' | 'forget' }>) {
  const { name, id } = target;
  return { name, ...(id !== undefined && { id }) };
}

function toCreate(
  step: Extract<RuntimeStep, { kind: 'create' }>,
  values: SecretValues,
  allowed: readonly string[],
): RemoteCommand {
  const { target, release, secretVersions, service } = step;
  const { name, revision, spec } = service;
  if (spec.url === undefined) {
    throw new AppError('RUNTIME_UNSUPPORTED', `${name} has no url, and here nothing else is run.`);
  }
  const labels = { service: name, revision, release, spec, secretVersions, allowed };
  const headers = resolveHeaders(service, values);
  return { kind: 'create', order: { name: target.name, url: spec.url, headers, labels } };
}

// oxlint-disable-next-line require-yield -- there is nothing to tell
async function* refuseLogs(instance: string): AsyncGenerator<never> {
  throw new AppError('NOT_SUPPORTED', `${instance} runs elsewhere: there is no output of it here`, {
    hint: 'look where its server runs; `mcp-manager events` says what happened on this side',
  });
}
