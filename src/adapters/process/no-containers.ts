import { AppError } from '../../errors.ts';

/** Child processes are no containers, and what others run is not seen. */
export function refuseInspection(): Promise<never> {
  return Promise.reject(
    new AppError('NOT_SUPPORTED', 'the process runtime has no containers', {
      hint: 'choose Podman with `--runtime podman`, or write the service into a document',
    }),
  );
}
