import type { Call } from './calls.ts';
import { envelope } from './link.ts';
import type { Link } from './link.ts';
import type { Fields, Notification } from './json-rpc.ts';
import { isFields } from './json-rpc.ts';

/** Which changes a client wants to hear of. */
export interface ChangeFilter {
  readonly toolsListChanged?: boolean | undefined;
  readonly promptsListChanged?: boolean | undefined;
  readonly resourcesListChanged?: boolean | undefined;
  readonly resourceSubscriptions?: readonly string[] | undefined;
}

interface Listener {
  readonly filter: ChangeFilter;
  readonly deliver: (notification: Notification) => void;
  /** The child as it is now. */
  link: Link;
  /** The standing call at a modern child. */
  call: Call | undefined;
}

/** Hands the changes that one child tells to those of its clients that asked for them. */
export interface Hub {
  /** Begins to listen; the returned function ends it. */
  listen(link: Link, filter: ChangeFilter, deliver: Listener['deliver']): () => void;
  /** What the child said; true when it was a change, and so is dealt with. */
  receive(notification: Notification): boolean;
  /** A new child stands in for the one before: what was subscribed there is subscribed here. */
  resume(link: Link): void;
}

const LISTS = {
  'notifications/tools/list_changed': ['toolsListChanged', 'tools'],
  'notifications/prompts/list_changed': ['promptsListChanged', 'prompts'],
  'notifications/resources/list_changed': ['resourcesListChanged', 'resources'],
} as const;
const UPDATED = 'notifications/resources/updated';

/** Listeners of a legacy child share its one subscription of a resource; a modern one knows each. */
export function createHub(): Hub {
  const listeners = new Set<Listener>();
  const watched = createWatched();

  function begin(link: Link, listener: Listener): void {
    listener.link = link;
    if (link.era === 'modern') listener.call = listenAt(link, listener);
    else for (const uri of listener.filter.resourceSubscriptions ?? []) watched.add(link, uri);
  }

  function end(listener: Listener): void {
    const { link } = listener;
    if (!listeners.delete(listener)) return;
    listener.call?.cancel();
    if (link.era === 'modern') return;
    for (const uri of listener.filter.resourceSubscriptions ?? []) watched.remove(link, uri);
  }

  return {
    listen(link, filter, deliver) {
      const listener: Listener = { filter, deliver, link, call: undefined };
      listeners.add(listener);
      begin(link, listener);
      return () => end(listener);
    },
    receive(notification) {
      if (!isChange(notification)) return false;
      for (const { filter, deliver } of listeners) {
        if (accepts(filter, notification)) deliver(notification);
      }
      return true;
    },
    resume(link) {
      watched.clear();
      for (const listener of listeners) begin(link, listener);
    },
  };
}

function tell({ peer }: Link, method: string, uri: string): void {
  if (!peer.hasEnded()) peer.call({ method, params: { uri } });
}

/** How many listen for each resource of a legacy child. */
function createWatched() {
  const counts = new Map<string, number>();
  return {
    add(link: Link, uri: string): void {
      const count = counts.get(uri) ?? 0;
      counts.set(uri, count + 1);
      if (count === 0) tell(link, 'resources/subscribe', uri);
    },
    remove(link: Link, uri: string): void {
      const count = counts.get(uri) ?? 0;
      if (count > 1) counts.set(uri, count - 1);
      else if (counts.delete(uri)) tell(link, 'resources/unsubscribe', uri);
    },
    clear: () => counts.clear(),
  };
}

/** What of the filter a server with these capabilities can keep. */
export function honour(filter: ChangeFilter, capabilities: Fields): ChangeFilter {
  const kept: Record<string, unknown> = {};
  for (const [key, capability] of Object.values(LISTS)) {
    if (filter[key] === true && has(capabilities, capability, 'listChanged')) kept[key] = true;
  }
  const uris = filter.resourceSubscriptions ?? [];
  if (uris.length > 0 && has(capabilities, 'resources', 'subscribe')) {
    kept['resourceSubscriptions'] = uris;
  }
  return kept;
}

/** `params.notifications` of `subscriptions/listen`; undefined when it is none. */
export function readFilter(params: Fields | undefined): ChangeFilter | undefined {
  const value = params?.['notifications'];
  if (!isFields(value)) return undefined;
  const uris = value['resourceSubscriptions'] ?? [];
  if (!Array.isArray(uris) || !uris.every((uri) => typeof uri === 'string')) return undefined;
  return {
    toolsListChanged: value['toolsListChanged'] === true,
    promptsListChanged: value['promptsListChanged'] === true,
    resourcesListChanged: value['resourcesListChanged'] === true,
    resourceSubscriptions: uris,
  };
}

function listenAt({ peer }: Link, { filter, deliver }: Listener): Call {
  return peer.call({
    method: 'subscriptions/listen',
    params: { notifications: filter, _meta: envelope(undefined, undefined) },
    onNotification: (notification) => {
      if (isChange(notification)) deliver(notification);
    },
  });
}

function isChange({ method }: Notification): boolean {
  return method === UPDATED || Object.hasOwn(LISTS, method);
}

function accepts(filter: ChangeFilter, { method, params }: Notification): boolean {
  if (method === UPDATED) {
    const uri = params?.['uri'];
    return filter.resourceSubscriptions?.some((wanted) => wanted === uri) === true;
  }
  return Object.entries(LISTS).some(([name, [key]]) => name === method && filter[key] === true);
}

function has(capabilities: Fields, name: string, flag: string): boolean {
  const capability = capabilities[name];
  return isFields(capability) && capability[flag] === true;
}
