import { describe } from 'vitest';
import type { OpenBench } from './runtime/bench.ts';
import { describeStarting, describeStopping } from './runtime/lifecycle.ts';
import { describeOwnership } from './runtime/ownership.ts';
import { describeProgram, describeSecrets } from './runtime/program.ts';
import { describeCrash, describeOutput } from './runtime/signs.ts';

/** What every runtime must do. Each adapter's test file calls this with its own runtime. */
export function describeRuntime(open: OpenBench): void {
  describeInstances(open);
  describe('every runtime', () => {
    describeProgram(open);
    describeSecrets(open);
    describeCrash(open);
    describeOutput(open);
  });
}

/** The part of it that does not ask what a program does: all there is where servers run elsewhere. */
export function describeInstances(open: OpenBench): void {
  describe('every runtime', () => {
    describeStarting(open);
    describeStopping(open);
    describeOwnership(open);
  });
}
