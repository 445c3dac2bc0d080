import { setTimeout as sleep } from 'node:timers/promises';
import { verifySettings } from '../src/model/verification.ts';
import type { Prober } from '../src/ports.ts';
import { wanted } from '../test/helpers/services.ts';

/** As the manager asks a fresh start again. */
const RETRY_MS = 25;
const MOST_WAIT_MS = 60_000;

/** Asks a server that was just started, by the manager's own prober, until it is verified. */
export async function untilHandshake(prober: Prober, url: string): Promise<void> {
  const { verify: settings, spec } = wanted('bare');
  const target = {
    service: 'bare',
    instance: 'bare',
    revision: 'bare',
    release: 'bare',
    instanceId: url,
    startedAtMs: 0,
    url,
    path: spec.path,
    verify: settings,
    settings: verifySettings(settings, spec.path),
  };
  const deadline = AbortSignal.timeout(MOST_WAIT_MS);
  for (;;) {
    const { outcome } = await prober.verify(target, deadline);
    if (outcome === 'verified') return;
    deadline.throwIfAborted();
    await sleep(RETRY_MS);
  }
}
