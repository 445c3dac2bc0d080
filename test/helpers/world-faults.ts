import { AppError } from '../../src/errors.ts';
import type { WorldOptions } from './world.ts';

type Between = NonNullable<WorldOptions['between']>;

/** Every start but the first waits until `open` is called. */
export function holdRestarts() {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  let starts = 0;
  const between: Between = (ports) => ({
    ...ports,
    runtime: {
      ...ports.runtime,
      perform: async (step, values, signal) => {
        if (step.kind === 'start') starts += 1;
        if (starts > 1) await opened;
        return ports.runtime.perform(step, values, signal);
      },
    },
  });
  return { between, open, starts: () => starts };
}

/** A store whose disk is full for as long as `setFull(true)` holds. */
export function fillDisk() {
  let full = false;
  const between: Between = (ports) => ({
    ...ports,
    store: {
      ...ports.store,
      producer: ports.store.producer,
      commit: (changes) => {
        if (full && changes.length > 0) throw new AppError('STATE_UNWRITABLE', 'the disk is full');
        ports.store.commit(changes);
      },
    },
  });
  return {
    between,
    setFull(value: boolean) {
      full = value;
    },
  };
}

/** An engine that answers no look between `hang` and `answer`. */
export function hangEngine() {
  const { promise: givenUp, resolve: giveUp } = Promise.withResolvers<'given up'>();
  const { promise: answering, resolve: answer } = Promise.withResolvers<void>();
  let hangs = false;
  const between: Between = (ports) => ({
    ...ports,
    runtime: {
      ...ports.runtime,
      observe: async (request, signal) => {
        if (hangs) {
          signal.addEventListener('abort', () => giveUp('given up'));
          await answering;
        }
        return ports.runtime.observe(request, signal);
      },
    },
  });
  return {
    between,
    hang() {
      hangs = true;
    },
    answer,
    /** Settled when whoever waits for it has stopped waiting. */
    givenUp,
  };
}
