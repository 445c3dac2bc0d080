import type { ServiceState, ServiceStatus } from '../../src/model/status.ts';

/** The status of a service in this state; traffic reaches it where that is said. */
export function statusOf(
  state: ServiceState,
  { available = false, ...rest }: Partial<ServiceStatus> & { readonly available?: boolean } = {},
): ServiceStatus {
  return {
    name: 'echo',
    state,
    cause: '',
    conditions: [
      {
        type: 'Available',
        status: available ? 'True' : 'False',
        reason: available ? 'Routed' : state,
        message: '',
      },
    ],
    runtime: 'podman',
    origin: 'core',
    labels: {},
    restarts: 0,
    ...rest,
  };
}
