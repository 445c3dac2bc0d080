import type { Answer } from './answer.ts';
import type { EventStream } from './event-stream.ts';
import type { Message } from './json-rpc.ts';
import { writeMessage } from './json-rpc.ts';

/** Chooses the stream for what a server sends unasked to the client of one session. */
export interface Outbox {
  /** What belongs to the call that is being served, most likely: a question to the client, a log line. */
  sendNearCall(message: Message): void;
  /** What belongs to no call: a changed list or resource. */
  sendApart(message: Message): void;
  enter(answer: Answer): void;
  /** Takes the client's standing stream; false when it has one already. */
  attach(stream: EventStream): boolean;
  hasStream(): boolean;
  end(): void;
}

/** Kept while the client listens on no stream; the oldest go first. */
const MOST_WAITING = 100;
const MOST_WAITING_BYTES = 1024 * 1024;

export function createOutbox(): Outbox {
  const answers = new Set<Answer>();
  let stream: EventStream | undefined;
  const waiting = createWaiting();

  function newestAnswer(): Answer | undefined {
    return [...answers].findLast((answer) => answer.isOpen());
  }

  function sendTo(target: Pick<EventStream, 'send'> | undefined, message: Message): void {
    if (target === undefined) waiting.keep(message);
    else target.send(message);
  }

  return {
    sendNearCall: (message) => sendTo(newestAnswer() ?? stream, message),
    sendApart: (message) => sendTo(stream ?? newestAnswer(), message),
    enter(answer) {
      answers.add(answer);
      answer.onClosed(() => answers.delete(answer));
    },
    attach(next) {
      if (stream?.isOpen() === true) return false;
      stream = next;
      next.onClosed(() => {
        if (stream === next) stream = undefined;
      });
      for (const message of waiting.take()) next.send(message);
      return true;
    },
    hasStream: () => stream?.isOpen() === true,
    end() {
      stream?.end();
      for (const answer of answers) answer.end();
    },
  };
}

function createWaiting() {
  let kept: { readonly message: Message; readonly bytes: number }[] = [];
  let keptBytes = 0;
  return {
    keep(message: Message): void {
      const bytes = writeMessage(message).length;
      kept.push({ message, bytes });
      keptBytes += bytes;
      while (kept.length > MOST_WAITING || keptBytes > MOST_WAITING_BYTES) {
        keptBytes -= kept.shift()?.bytes ?? keptBytes;
      }
    },
    take(): Message[] {
      const messages = kept.map((entry) => entry.message);
      kept = [];
      keptBytes = 0;
      return messages;
    },
  };
}
