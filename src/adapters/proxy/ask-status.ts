import { request as sendRequest } from 'node:http';
import { json } from 'node:stream/consumers';
import type { RouterStatus } from '../../model/router-program.ts';

/** It reads a file and answers; longer than this is a hanging program. */
const ANSWER_WITHIN_MS = 1_000;

/** Asks the router program on its control socket; undefined when it does not answer in a second. */
export async function askStatus(controlSocket: string): Promise<RouterStatus | undefined> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  sendRequest({ socketPath: controlSocket, path: '/.router/status', signal }, (response) => {
    json(response).then(resolve, () => resolve(undefined));
  })
    .on('error', () => resolve(undefined))
    .end();
  const answer = await promise;
  return isStatus(answer) ? answer : undefined;
}

function isStatus(value: unknown): value is RouterStatus {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    typeof value.pid === 'number' &&
    'fingerprint' in value &&
    typeof value.fingerprint === 'string' &&
    'generation' in value &&
    typeof value.generation === 'string' &&
    'inFlight' in value &&
    typeof value.inFlight === 'object' &&
    value.inFlight !== null
  );
}
