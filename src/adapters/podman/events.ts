import { setTimeout as pause } from 'node:timers/promises';
import type { Engine } from './engine.ts';
import { type EngineEvent, readEvents } from './event-lines.ts';
import { LABELS } from './labels.ts';
import { serviceInName } from './names.ts';
import { volumeSource } from './volumes.ts';

/** Something became of a container of ours. */
export interface ContainerEvent {
  readonly id: string;
  /** Undefined when it is not clear whose it is now. */
  readonly service: string | undefined;
  /** It became of what the list of containers does not show. */
  readonly deep: boolean;
}

export interface WatchOptions {
  readonly engine: Engine;
  readonly managerId: string;
  readonly signal: AbortSignal;
  /** The service that adopted a container without labels of ours, by the container's id. */
  readonly adoptedBy: (id: string) => string | undefined;
  readonly onEvent: (event: ContainerEvent) => void;
  /** The stream was away and is back: anything may have happened. */
  readonly onGap: () => void;
}

const FIRST_PAUSE_MS = 200;
const LAST_PAUSE_MS = 5_000;

/** Hears of what becomes of containers until the signal aborts, over every restart of the engine. */
export async function watchEvents(options: WatchOptions): Promise<void> {
  const { engine, signal, onGap } = options;
  const memory = createMemory(Date.now());
  let opened = 0;
  let openedMs = 0;
  let pauseMs = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    try {
      const query = { stream: true, since: memory.since() };
      const call = { signal, what: 'hear of events' };
      const stream = await engine.stream(call, { method: 'GET', path: '/events', query });
      opened += 1;
      openedMs = performance.now();
      if (opened > 1) onGap();
      await tellAll(options, memory, readEvents(stream));
    } catch {
      // Whoever looks at the engine tells that it is away.
    }
    if (performance.now() - openedMs > LAST_PAUSE_MS) pauseMs = FIRST_PAUSE_MS;
    await pause(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
    pauseMs = Math.min(pauseMs * 2, LAST_PAUSE_MS);
  }
}

async function tellAll(
  { managerId, adoptedBy, onEvent }: WatchOptions,
  memory: EventMemory,
  events: AsyncIterable<EngineEvent>,
): Promise<void> {
  for await (const event of events) {
    if (!memory.isNew(event)) continue;
    const adopter = event.type === 'container' ? adoptedBy(event.id) : undefined;
    const told = toContainerEvent(managerId, event, adopter);
    if (told !== undefined) onEvent(told);
  }
}

const TELLING = new Set('create start died die pause unpause remove rename'.split(' '));
const CONNECTING = new Set(['connect', 'disconnect', 'remove']);

/** Hints only: a wrong one costs a look. */
function toContainerEvent(
  managerId: string,
  { id, type, action, attributes }: EngineEvent,
  adopter: string | undefined,
): ContainerEvent | undefined {
  const { name = '' } = attributes;
  // It has no labels, only the container's name.
  if (type === 'network' && CONNECTING.has(action)) {
    const service = serviceInName(name);
    return service === undefined ? undefined : { id, service, deep: true };
  }
  // It does not say whose it was.
  const isVolume = type === 'volume' && action === 'remove';
  if (isVolume && volumeSource(managerId, name || id) !== undefined)
    return { id, service: undefined, deep: true };
  if (type !== 'container' || !TELLING.has(action)) return undefined;
  if (adopter !== undefined) return { id, service: adopter, deep: false };
  if (attributes[LABELS.manager] !== managerId) return undefined;
  const isRenamed = attributes[LABELS.name] !== name;
  return { id, service: isRenamed ? undefined : attributes[LABELS.service], deep: false };
}

/** Events of this long before the last one are asked for again: the engine takes whole seconds. */
const OVERLAP_S = 1;
/** More than happen within the overlap. */
const MOST_KNOWN = 2_000;

interface EventMemory {
  /** From when on to hear, seconds. */
  since(): number;
  isNew(event: EngineEvent): boolean;
}

function createMemory(nowMs: number): EventMemory {
  let lastS = nowMs / 1_000;
  const known = new Set<string>();
  return {
    since: () => Math.floor(lastS) - OVERLAP_S,
    isNew: ({ id, action, atNs }) => {
      const key = `${id} ${action} ${atNs}`;
      if (known.has(key)) return false;
      known.add(key);
      if (known.size > MOST_KNOWN) known.delete(known.values().next().value ?? '');
      lastS = Math.max(lastS, atNs / 1e9);
      return true;
    },
  };
}
