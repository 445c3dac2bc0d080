import type { FastifyRequest } from 'fastify';
import type { ApplyMessage } from '../control.ts';
import type { Outcome } from './access.ts';

/** Passes them on, and notes what comes of the request: the status of a stream is sent before. */
export function noteOutcome(
  request: FastifyRequest,
  messages: AsyncIterable<ApplyMessage>,
): AsyncIterable<ApplyMessage> {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  request.outcome = promise;
  return watch(messages, resolve);
}

async function* watch(
  messages: AsyncIterable<ApplyMessage>,
  tell: (outcome: Outcome) => void,
): AsyncGenerator<ApplyMessage> {
  try {
    for await (const message of messages) {
      if (message.kind === 'result') {
        const { outcome } = message.result;
        tell(outcome === 'converged' || outcome === 'begun' ? 'done' : 'failed');
      }
      yield message;
    }
  } catch (error) {
    tell('failed');
    throw error;
  } finally {
    // Who waits no longer stops nothing.
    tell('done');
  }
}
