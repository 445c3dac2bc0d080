import { expect, test } from 'vitest';
import { createMemoryProber } from '../../src/adapters/memory/prober.ts';
import type { Log } from '../../src/ports.ts';
import { createObserverWatch } from '../../src/reconcile/observer.ts';
import { eventually } from '../helpers/eventually.ts';

const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} };

function watchWith(control: boolean) {
  const time = { wallMs: Date.now(), steadyMs: 0 };
  const prober = createMemoryProber();
  prober.setControl(control);
  const watch = createObserverWatch({
    prober,
    log: SILENT,
    clock: () => time.wallMs,
    steadyMs: () => time.steadyMs,
    onChange: () => {},
  });
  return { watch, prober, time };
}

test('a doubt in the observer ends after ten minutes, also when the clock was set back', async () => {
  const { watch, time } = watchWith(false);
  watch.checked(5, 5);
  await eventually(() => expect(watch.observer().fault).toBeDefined());
  time.wallMs -= 3_600_000;
  expect(watch.observer().fault?.untilMs).toBe(time.wallMs + 600_000);
  time.steadyMs += 600_000;
  expect(watch.observer().fault).toBeUndefined();
});

test('the observer looks at itself again although the clock was set back', async () => {
  const { watch, prober, time } = watchWith(true);
  watch.checked(5, 5);
  prober.setControl(false);
  time.wallMs -= 3_600_000;
  time.steadyMs += 5_000;
  watch.checked(5, 5);
  await eventually(() => expect(watch.observer().fault).toBeDefined());
});
