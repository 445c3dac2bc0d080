import { AppError } from '../errors.ts';
import type { ServiceHistory } from '../model/history.ts';
import type { Desired } from '../model/service.ts';

/** Before a service is removed by name; its document counts, or what was accepted last of it. Throws REFUSED. */
export function requireUnprotected(
  name: string,
  { services }: Pick<Desired, 'services'>,
  histories: ReadonlyMap<string, ServiceHistory>,
): void {
  const wanted = services.find((service) => service.name === name);
  const service = wanted ?? histories.get(name)?.accepted;
  if (service?.protected !== true) return;
  throw new AppError('REFUSED', `${name} is protected`, {
    hint: 'say `protected: false` in its document, then remove it',
  });
}
