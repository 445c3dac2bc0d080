import { randomUUID } from 'node:crypto';
import type { Clock, Store } from '../ports.ts';

interface LettingGo {
  readonly store: Pick<Store, 'commit'>;
  readonly clock: Clock;
}

/**
 * Before services are taken out of their documents: a wish by name is its own approval, and what is left of them
 * then is no disappearance. Answers how to take it back from those whose documents stay after all.
 */
export function letGo(
  { store, clock }: LettingGo,
  services: readonly string[],
  by: string,
): (stays: (service: string) => boolean) => void {
  const atMs = clock();
  const requests = services.map(
    (service) => ({ kind: 'remove', id: randomUUID(), service, volumes: false, by, atMs }) as const,
  );
  if (requests.length > 0) store.commit(requests.map((request) => ({ kind: 'request', request })));
  return (stays) => {
    const unmeant = requests.filter(({ service }) => stays(service));
    if (unmeant.length === 0) return;
    store.commit(unmeant.map(({ id }) => ({ kind: 'request-spent', id })));
  };
}
