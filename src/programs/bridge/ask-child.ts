import type { Fields, Outcome, Request } from './json-rpc.ts';
import type { Link } from './link.ts';
import type { CallContext } from './service.ts';

/** One call of a client at a child; undefined when it was cancelled. */
export async function askChild(
  { peer }: Link,
  request: Pick<Request, 'method' | 'id'> & { readonly params: Fields | undefined },
  { send, signal, timeoutMs }: CallContext,
): Promise<Outcome | undefined> {
  const call = peer.call({
    method: request.method,
    params: request.params,
    clientId: request.id,
    onNotification: send,
    timeoutMs,
  });
  const cancel = (): void =>
    call.cancel(typeof signal.reason === 'string' ? signal.reason : undefined);
  signal.addEventListener('abort', cancel, { once: true });
  const outcome = await call.answer;
  signal.removeEventListener('abort', cancel);
  return outcome;
}
