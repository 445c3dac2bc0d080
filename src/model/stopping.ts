import type { DesiredService } from './service.ts';
import type { ServiceStatus } from './status.ts';

/** Whether what is done for a service is to end it: it does not start then, whatever its state is called. */
export function isStopping(
  { state }: Pick<ServiceStatus, 'state'>,
  desired: Pick<DesiredService, 'power'> | undefined,
): boolean {
  return desired?.power === 'off' && (state === 'Updating' || state === 'Starting');
}
