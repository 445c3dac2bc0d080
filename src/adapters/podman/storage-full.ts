import { AppError } from '../../errors.ts';

/** As Podman, Docker and what they start repeat it. */
export const NO_SPACE = /no space left on device|disk quota exceeded/;

/** `what` could not be done for want of room: nobody's fault but the machine's. */
export function storageFull(what: string): AppError {
  return new AppError('STORAGE_FULL', `${what}: the engine has no space left.`, {
    hint: '`podman system df` shows what takes it, `podman image prune` removes images without a name',
  });
}
