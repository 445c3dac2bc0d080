import { afterAll, describe } from 'vitest';
import { describeRuntime } from '../../contract/runtime.ts';
import { startEngine } from '../../helpers/engine.ts';
import { openPodmanBench } from './bench.ts';

const engine = await startEngine(afterAll);

describe('podman runtime', () => {
  describeRuntime(() => openPodmanBench(engine));
});
