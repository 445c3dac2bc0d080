import type { Runtime } from '../../ports.ts';
import type { Instruments } from './instruments.ts';

/** The same runtime; what is asked of it is timed. Streams are not: they last as long as somebody reads. */
export function meterRuntime(real: Runtime, { runtimeCallSeconds }: Instruments): Runtime {
  const begin = (call: string) => {
    const startMs = performance.now();
    return (outcome: 'ok' | 'failed'): void => {
      const labels = { runtime: real.name, call, outcome };
      runtimeCallSeconds.observe(labels, (performance.now() - startMs) / 1_000);
    };
  };
  async function timed<T>(call: string, run: () => Promise<T>): Promise<T> {
    const end = begin(call);
    try {
      const answer = await run();
      end('ok');
      return answer;
    } catch (error) {
      end('failed');
      throw error;
    }
  }
  return {
    ...real,
    async observe(request, signal) {
      const end = begin('observe');
      const seen = await real.observe(request, signal);
      end(seen.ok ? 'ok' : 'failed');
      return seen;
    },
    perform: (step, values, signal) => timed(step.kind, () => real.perform(step, values, signal)),
    images: (references, signal) => timed('images', () => real.images(references, signal)),
    inspect: (container, signal) => timed('inspect', () => real.inspect(container, signal)),
  };
}
