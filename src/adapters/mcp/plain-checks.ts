import { connect } from 'node:net';
import type { CheckResult, ProbeTarget } from '../../model/verification.ts';
import { toStatusResult } from './failure.ts';

/** `verify.kind: http`: GET of the service's path answers 2xx or 3xx. Throws when there is no answer. */
export async function checkHttp(target: ProbeTarget, signal: AbortSignal): Promise<CheckResult> {
  const response = await fetch(target.url + target.path, {
    redirect: 'manual',
    headers: { connection: 'close' },
    signal,
  });
  await response.body?.cancel();
  const { status, statusText } = response;
  if (status >= 200 && status < 400) return { outcome: 'verified' };
  return toStatusResult(target, status, statusText);
}

/** `verify.kind: tcp`: the address accepts a connection. Throws when it does not. */
export function checkTcp(target: ProbeTarget, signal: AbortSignal): Promise<CheckResult> {
  const { hostname, port, protocol } = new URL(target.url);
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || (protocol === 'https:' ? 443 : 80),
    });
    const stop = (): void => void socket.destroy();
    signal.addEventListener('abort', stop, { once: true });
    socket.once('close', () => {
      signal.removeEventListener('abort', stop);
      reject(new Error('the connection was closed before it was made'));
    });
    socket.once('error', reject);
    socket.once('connect', () => {
      resolve({ outcome: 'verified' });
      socket.destroy();
    });
  });
}
