import type { Engine } from './engine.ts';
import { EngineError } from './engine-error.ts';
import { LOCAL, readReference } from './image-reference.ts';
import { findLogin, type LoginPlaces } from './registry-login.ts';

export interface RegistryQuestionOptions {
  readonly engine: Engine;
  readonly logins: LoginPlaces;
}

/** A registry that is slow must not hold up whoever asks. */
const DEADLINE_MS = 10_000;

/**
 * Whether a registry has an image, by its manifest alone: nothing is pulled. Where it asks for a password the engine
 * takes none for this question, so that having one counts as yes. Never throws.
 */
export function createRegistryQuestion({
  engine,
  logins,
}: RegistryQuestionOptions): (reference: string, signal: AbortSignal) => Promise<boolean> {
  return async (text, signal) => {
    const target = readReference(text).find(({ registry }) => registry !== LOCAL);
    if (!target) return false;
    const call = { signal, what: `ask for ${target.name}`, deadlineMs: DEADLINE_MS } as const;
    const path = `/manifests/${target.name}/json`;
    try {
      await engine.libpod({ ...call, urgency: 'look' }, { method: 'GET', path });
      return true;
    } catch (error) {
      if (!(error instanceof EngineError)) return false;
      if (SINGLE_IMAGE.test(error.reason)) return true;
      return (
        NEEDS_LOGIN.test(error.reason) && (await findLogin(logins, target)).login !== undefined
      );
    }
  };
}

/** Podman has read the manifest then, and would rather have a list of them. */
const SINGLE_IMAGE = /single images as manifest lists/;
const NEEDS_LOGIN = /unauthorized|authentication required/;
