import { AppError } from '../errors.ts';

/** Nothing went wrong. */
export const OK = 0;
export const FAILED = 1;
/** As a shell answers for a program that was ended by Ctrl-C. */
export const INTERRUPTED = 130;

/** Exit code of an error: 3 stale plan, 5 lock held, else 1 (design §7). */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof AppError)) return FAILED;
  if (error.code === 'PLAN_STALE') return 3;
  return error.code === 'LEASE_HELD' ? 5 : FAILED;
}
