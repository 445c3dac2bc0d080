import type { DesiredService } from '../model/service.ts';
import type { Step } from '../model/plan.ts';
import { removeInstance, stopInstance, type Decision } from './decision.ts';
import type { ServiceView } from './view.ts';

/** `power: off`: no route, nothing running; one stopped instance of this revision may stay. */
export function halt(view: ServiceView, desired: DesiredService): Decision {
  const reason = 'stop_because_power_off';
  const cause = 'power is off';
  const graceMs = desired.rollout.drainMs;
  const keep = view.instances.find(
    ({ revision, runtime }) => revision === desired.revision && runtime === desired.runtime,
  );
  const road: Step[] = [
    ...view.routes.map(({ slug }): Step => ({ kind: 'unroute', slug, reason, cause })),
    ...(keep ? stopInstance(keep, { reason, cause, graceMs }) : []),
    ...view.instances
      .filter((instance) => instance !== keep)
      .flatMap((instance) =>
        removeInstance(instance, { reason: 'remove_leftover', cause: 'left over', graceMs }),
      ),
  ];
  return {
    change: road.length > 0 ? 'update' : 'no-op',
    reason: road.length > 0 ? reason : 'no_change',
    cause: road.length > 0 ? cause : '',
    road,
    // Whoever reads `Stopped` may count on it: nothing runs and nothing leads there any more.
    state: road.length > 0 ? 'Updating' : 'Stopped',
    stateCause: cause,
    ...(keep && { current: keep }),
  };
}
