import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { isOurRouterThere } from './control.ts';
import { errorCode } from './error-code.ts';

/** A router that was told to end closes its port at once; this is for one that is slow to notice. */
const OWN_HOLDER_WAIT_MS = 5_000;
/** Our own router closes its control socket a moment before its port. */
const FOREIGN_HOLDER_WAIT_MS = 300;
const RETRY_EVERY_MS = 50;

export class PortTaken extends Error {}

/** Listens on exactly this address; waits, bounded, while our own dying router holds it. Throws PortTaken. */
export async function listenOnPort(
  app: FastifyInstance,
  address: { readonly host: string; readonly port: number },
  controlSocket: string,
): Promise<void> {
  const startMs = performance.now();
  let ownSeenMs = startMs;
  for (;;) {
    try {
      await app.listen({ ...address });
      return;
    } catch (error) {
      if (errorCode(error) !== 'EADDRINUSE') throw error;
    }
    if (await isOurRouterThere(controlSocket)) ownSeenMs = performance.now();
    const nowMs = performance.now();
    if (nowMs - ownSeenMs > FOREIGN_HOLDER_WAIT_MS || nowMs - startMs > OWN_HOLDER_WAIT_MS) {
      throw new PortTaken(`${address.host}:${String(address.port)} is taken by another program`);
    }
    await pause(RETRY_EVERY_MS);
  }
}
