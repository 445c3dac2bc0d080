import type { Notification, Outcome, Request } from './json-rpc.ts';
import type { Link } from './link.ts';

/** What serves the requests of a session once its child is known. */
export interface Service {
  /** Undefined when the call was cancelled. */
  serve(link: Link, request: Request, context: CallContext): Promise<Outcome | undefined>;
  notify(link: Link, notification: Notification): void;
  /** A new child is to be brought to where the one before was. */
  resume(link: Link): void;
  end(): void;
}

export interface CallContext {
  readonly send: (notification: Notification) => void;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}
