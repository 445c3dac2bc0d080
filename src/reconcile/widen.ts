import type { Desired } from '../model/service.ts';
import type { Look } from './gather.ts';

/** Whether a service may go that no document names is judged only by a look at everything. */
export function widen(look: Look, { services, frozen }: Desired): Look {
  if (look.scope === 'all') return look;
  const named = new Set([...services, ...frozen].map(({ name }) => name));
  return look.scope.isSubsetOf(named) ? look : { ...look, scope: 'all' };
}
