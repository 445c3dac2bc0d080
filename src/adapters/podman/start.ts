import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../errors.ts';
import type { Target } from '../../model/plan.ts';
import type { ContainerMemory } from './container-memory.ts';
import { EngineError } from './engine-error.ts';
import { inspectContainer, type Inspection } from './inspection.ts';
import { readLabels } from './labels.ts';
import { ensureNetwork } from './networks.ts';
import type { Scene } from './scene.ts';
import { explainStart, isPortTaken, readInitFailure, tellInitFailure } from './start-failure.ts';

export interface StartInput {
  readonly target: Target;
  readonly found: Inspection | undefined;
  readonly memory: ContainerMemory;
}

/**
 * Starts a container that does not run, also one that is paused; answers its id. Throws PROGRAM_FAILED
 * when it is gone, PROGRAM_MISSING when its program cannot be run, RUNTIME_UNAVAILABLE when its port is
 * taken.
 */
export async function startContainer(scene: Scene, input: StartInput): Promise<string> {
  const { target, found, memory } = input;
  if (found === undefined)
    throw new AppError('PROGRAM_FAILED', `There is no instance ${target.name} to start any more.`);
  if (found.status === 'running') return found.id;
  const action = found.status === 'paused' ? 'unpause' : 'start';
  const failedBefore = await readInitFailure(scene, found);
  try {
    await request(scene, found, action).catch(async (error: unknown) => {
      if (!isMissingNetwork(error)) throw error;
      await restoreNetwork(scene, found);
      await request(scene, found, action);
    });
  } catch (error) {
    if (isPortTaken(error)) memory.noteLostPort(found.id);
    throw explainStart(error, found);
  }
  if (failedBefore !== undefined) await requireProgram(scene, found);
  return found.id;
}

async function request(
  { engine, signal }: Scene,
  { id, name }: Inspection,
  action: 'start' | 'unpause',
): Promise<void> {
  await engine.libpod(
    { signal, what: `${action} ${name}`, idempotent: true },
    { method: 'POST', path: `/containers/${id}/${action}` },
  );
}

function isMissingNetwork(error: unknown): boolean {
  return error instanceof EngineError && error.reason.includes('network not found');
}

/** By the container's own labels, so with the same name and settings. */
async function restoreNetwork(scene: Scene, { labels }: Inspection): Promise<void> {
  const known = readLabels(labels);
  if (known?.spec === undefined) return;
  await ensureNetwork(scene, { name: known.service, spec: known.spec });
}

/** How long a program that could not be run before gets to fail again; one that is mended by then runs on. */
const TRIES = 50;
const TRY_MS = 200;

/** The engine starts a missing program with success: only its init process tells, a moment later. */
async function requireProgram(scene: Scene, { id }: Inspection): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    await pause(TRY_MS, undefined, { signal: scene.signal }).catch(() => undefined);
    const now = await inspectContainer(scene, id);
    if (now === undefined) return;
    if (now.status === 'running') continue;
    const failure = await readInitFailure(scene, now);
    if (failure !== undefined) throw tellInitFailure(failure, now);
    return;
  }
}
