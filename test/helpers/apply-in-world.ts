import type { ApplyRequest, ApplyResult } from '../../src/control.ts';
import type { TestWorld } from './world.ts';

/** Applies as a command does, and waits for the result. */
export async function apply(
  world: TestWorld,
  request: Partial<ApplyRequest> = {},
): Promise<ApplyResult> {
  const signal = AbortSignal.timeout(10_000);
  let result: ApplyResult | undefined;
  for await (const message of world.control.apply({ wait: true, by: 'test', ...request }, signal)) {
    if (message.kind === 'result') result = message.result;
  }
  if (!result) throw new Error('apply gave no result');
  return result;
}
