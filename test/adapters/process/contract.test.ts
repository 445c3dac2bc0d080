import { describe } from 'vitest';
import { describeRuntime } from '../../contract/runtime.ts';
import { openProcessBench } from './bench.ts';

describe('process runtime', () => {
  describeRuntime(openProcessBench);
});
