import fc from 'fast-check';
import type { NewEvent } from '../../src/model/event.ts';
import type { Intent, StoreChange } from '../../src/model/journal.ts';
import type { KeptAnswer } from '../../src/model/kept-answer.ts';
import type { Request } from '../../src/model/request.ts';
import type { Store } from '../../src/ports.ts';

export const NOW_MS = Date.UTC(2026, 10, 23, 9);

export function event(subject: string | undefined): Extract<StoreChange, { kind: 'event' }> {
  const told: NewEvent = {
    type: 'service.started',
    timeMs: NOW_MS,
    ...(subject !== undefined && { subject }),
    data: { instance: `mcp-${subject}-1` },
    planId: 'p1',
  };
  return { kind: 'event', event: told };
}

export function intent(id: string, service: string): { kind: 'intent'; intent: Intent } {
  return {
    kind: 'intent',
    intent: { id, service, kind: 'start', target: 't', cause: 'new', planId: 'p1', atMs: NOW_MS },
  };
}

/** The same event, made for a workspace. */
export function forWorkspace(workspace: string, { event: told }: ReturnType<typeof event>) {
  return { kind: 'event', event: { ...told, workspace } } as const;
}

/** An intent that was recorded for a workspace. */
export function recordedFor(workspace: string, id: string, service: string) {
  return { kind: 'intent', intent: { ...intent(id, service).intent, workspace } } as const;
}

export function restart(id: string, service: string): Request {
  return { id, by: 'test', atMs: NOW_MS, kind: 'restart', service };
}

export function removal(atMs: number): StoreChange {
  return { kind: 'removal', service: 'echo', atMs };
}

export function answer(id: string, more: Partial<KeptAnswer> = {}): StoreChange {
  const base = { owner: 'o', asked: 'a', atMs: NOW_MS, status: 200, headers: {}, body: '' };
  return { kind: 'answer', answer: { ...base, id, ...more } };
}

export function many(count: number): StoreChange[] {
  return Array.from({ length: count }, () => event('echo'));
}

export function idsOf(store: Store, query: Parameters<Store['journal']>[0]): readonly string[] {
  return store.journal(query).map(({ id }) => id);
}

export function everything(store: Store): unknown {
  return {
    producer: store.producer,
    histories: [...store.histories()],
    requests: store.requests(),
    removals: store.removalsSince(0),
    core: [...store.core()],
    answers: ['x', 'y', 'z'].map((id) => store.answer(id)),
    journal: store.journal({ limit: 10_000 }),
    events: store.events(0, 10_000),
    deliveredUpTo: store.deliveredUpTo(),
  };
}

/** Gives each intent an id of its own, as is promised; an outcome names the intent before it. */
export function numberIntents(): (change: StoreChange) => StoreChange {
  let last = 0;
  return (change) => {
    if (change.kind === 'intent') {
      last += 1;
      return intent(`n${last}`, change.intent.service);
    }
    if (change.kind !== 'outcome') return change;
    return { ...change, outcome: { ...change.outcome, intentId: `n${last}` } };
  };
}

const anyService = fc.constantFrom('a', 'b', 'c');
const anyText = fc.string({ unit: 'grapheme', maxLength: 12 });
export const anyChange: fc.Arbitrary<StoreChange> = fc.oneof(
  anyService.map((service) => intent('', service)),
  fc
    .record({ result: fc.constantFrom('done', 'failed'), message: anyText })
    .map((outcome): StoreChange => ({
      kind: 'outcome',
      outcome: { intentId: '', atMs: NOW_MS, ...outcome },
    })),
  fc
    .tuple(anyService, fc.array(anyText, { maxLength: 3 }))
    .map(([service, lastLog]): StoreChange => ({ kind: 'history', service, history: { lastLog } })),
  anyService.map((service): StoreChange => ({ kind: 'history-removed', service })),
  fc
    .tuple(fc.constantFrom('x', 'y', 'z'), anyService)
    .map(([id, service]): StoreChange => ({ kind: 'request', request: restart(id, service) })),
  fc.constantFrom('x', 'y', 'z').map((id): StoreChange => ({ kind: 'request-spent', id })),
  fc
    .tuple(anyService, fc.option(anyText, { nil: undefined }))
    .map(([instanceId, wish]): StoreChange => {
      return { kind: 'core', instanceId, ...(wish !== undefined && { memory: { wish } }) };
    }),
  fc
    .tuple(fc.constantFrom('x', 'y', 'z'), anyText)
    .map(([id, body]) => answer(id, { body, atMs: Date.now() })),
  anyService.map((): StoreChange => removal(Date.now())),
  fc.option(anyService, { nil: undefined }).map(event),
);
