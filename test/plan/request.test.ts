import { describe, expect, test } from 'vitest';
import type { Request } from '../../src/model/request.ts';
import { plan } from '../../src/plan/plan.ts';
import { type InputOverrides, inputOf, settled } from '../helpers/plan-input.ts';
import {
  asked,
  echo,
  exited,
  history,
  image,
  imaged,
  means,
  old,
  pulled,
} from '../helpers/plan-table.ts';
import { found, START_MS } from '../helpers/services.ts';

function spent(overrides: InputOverrides): readonly string[] {
  return plan(inputOf(overrides)).services.flatMap((service) => service.spent);
}

function wake(overrides: InputOverrides): number | undefined {
  return plan(inputOf(overrides)).wakeAtMs;
}

describe('A wish to restart', () => {
  const start = old.startedAtMs ?? 0;

  test('is spent when the instance started after it, and not before', () => {
    const given = { services: [echo], ...settled(old) };
    expect(spent({ ...given, ...asked('restart', start - 1) })).toEqual(['restart-1']);
    expect(spent({ ...given, ...asked('restart', start) })).toEqual([]);
  });

  test('is spent with all the older ones, while a newer one is still answered', () => {
    const base = { kind: 'restart', service: 'echo', by: 'ann' } as const;
    const requests: readonly Request[] = [
      { ...base, id: 'first', atMs: start - 2 },
      { ...base, id: 'second', atMs: start - 1 },
      { ...base, id: 'third', atMs: start + 1 },
    ];
    for (const order of [requests, requests.toReversed()]) {
      const given = { services: [echo], ...settled(old), requests: order };
      expect(plan(inputOf(given)).services[0]?.reason).toBe('restart_by_request');
      expect(spent(given).toSorted()).toEqual(['first', 'second']);
    }
  });
});

describe('A wish to update', () => {
  const given = {
    services: [image],
    ...asked('update'),
    ...history(pulled({ answers: ['update-1'] })),
  };

  test('is spent when the image runs that its reference means after the pull for it', () => {
    expect(spent({ ...given, ...settled(imaged), ...means('a') })).toEqual(['update-1']);
    const unpulled = history(pulled({ answers: ['another'] }));
    expect(spent({ ...given, ...settled(imaged), ...means('a'), ...unpulled })).toEqual([]);
  });

  test('is kept while that is not known, not reached or not running', () => {
    expect(spent({ ...given, ...settled(imaged) })).toEqual([]);
    expect(spent({ ...given, ...settled(imaged), ...means('b') })).toEqual([]);
    expect(spent({ ...given, ...means('a') })).toEqual([]);
  });

  test('is kept while an instance of the old image is there, or that one would come back', () => {
    const made = found(image, { release: 'r1-0123456789', imageId: 'b' });
    const rest = settled(exited(imaged), made);
    expect(spent({ ...given, ...rest, ...means('b') })).toEqual([]);
    expect(spent({ ...given, ...settled(made), ...means('b') })).toEqual(['update-1']);
  });

  test('is spent where there is no image', () => {
    expect(spent({ services: [echo], ...settled(old), ...asked('update') })).toEqual(['update-1']);
  });

  test('is finished after an interruption: the new one is no leftover', () => {
    const release = 'r1-0123456789';
    const made = found(image, { release, name: 'new', imageId: 'b', state: 'created' });
    const [service] = plan(
      inputOf({ ...given, instances: [imaged, made], ...means('b') }),
    ).services;
    const effects = service?.road.map((item) => ('target' in item ? item.target.name : item.kind));
    expect(effects?.slice(0, 2)).toEqual([imaged.name, 'new']);
  });
});

describe('A wish that counts for some minutes', () => {
  test('is over after them, also when the clock was set back', () => {
    const base = { id: 'allowed', kind: 'allow-removals', by: 'ann', count: 9 } as const;
    const given = (atMs: number) => plan(inputOf({ requests: [{ ...base, atMs }] })).spent;
    expect(given(START_MS - 600_000)).toEqual([]);
    expect(given(START_MS - 600_001)).toEqual(['allowed']);
    expect(given(START_MS + 600_001)).toEqual(['allowed']);
  });
});

describe('A plan looks again', () => {
  test('when the first of its waits ends by time', () => {
    const other = found('other', { startedAtMs: START_MS - 1_000 });
    const services = [echo, { ...echo, name: 'other', slug: 'other' }];
    expect(wake({ services, instances: [old, other] })).toBe(START_MS + 60_000);
  });

  test('never because of a time that is over, nor when nothing waits', () => {
    expect(wake({ services: [echo], instances: [old], nowMs: START_MS + 60_000 })).toBeUndefined();
    expect(wake({ services: [echo], ...settled(old) })).toBeUndefined();
  });
});
