import type { DesiredService } from '../model/service.ts';
import { adoptedRelease, identify } from './adopted.ts';
import { converge } from './converge.ts';
import type { Decision } from './decision.ts';
import { freeName } from './free-name.ts';
import type { PlanInput } from './input.ts';
import type { Located } from './locate.ts';
import type { ServiceView } from './view.ts';

/**
 * Takes a container over that runs already: its new name says which release it stands for, and the rest
 * of the road is that of an instance of this release. It is nobody's concern, checks included, before.
 */
export function adopt(
  view: ServiceView,
  desired: DesiredService,
  pending: Located,
  input: PlanInput,
): Decision {
  const { id, name: from, runtime } = pending;
  const name = freeName(view, desired, adoptedRelease(desired), input);
  const renamed = { ...identify({ ...pending, name }, [desired]), runtime };
  const { road } = converge({ ...view, instances: [renamed] }, desired, input);
  const cause = `its document adopts ${from}`;
  const why = { reason: 'import_by_document', cause } as const;
  return {
    ...why,
    change: 'import',
    road: [{ kind: 'adopt', runtime, target: { id, name }, from, ...why }, ...road],
    state: 'Pending',
    stateCause: cause,
  };
}
