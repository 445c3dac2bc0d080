import { describe, expect, test } from 'vitest';
import type { ServiceHistory } from '../../src/model/history.ts';
import type { Instance } from '../../src/model/instance.ts';
import type { ServicePlan } from '../../src/model/plan.ts';
import { formatRoad } from '../../src/plan/format-road.ts';
import { plan } from '../../src/plan/plan.ts';
import { isGone } from '../../src/plan/removal.ts';
import { inputOf, settled } from '../helpers/plan-input.ts';
import { found, START_MS, wanted, good } from '../helpers/services.ts';

const name = 'gone-0';
const kept = wanted(name, { protected: true });
const memory = { accepted: kept, acceptedDigest: 'd1-kept', releases: [good(kept)] };
const STAY = ['stay-0', 'stay-1'].map((stays) => wanted(stays));

/** What is planned for it beside two services that stay. */
function held(
  instances: readonly Instance[],
  history: ServiceHistory = memory,
): ServicePlan | undefined {
  const { services } = plan(
    inputOf({
      services: STAY,
      ...settled(...STAY.map((one) => found(one)), ...instances),
      histories: new Map([[name, history]]),
    }),
  );
  return services.find((service) => service.name === name);
}

describe('A service that no document names and that a gate holds', () => {
  test('is healed as it was accepted last', () => {
    const crashed = held([found(kept, { state: 'exited' })]);
    expect(
      crashed &&
        formatRoad(crashed)
          .replaceAll(/mcp-\S+/g, 'IT')
          .split('\n'),
    ).toEqual([
      'gone-0: start IT (crashed: it ended)',
      'gone-0: wait until verified (not verified yet)',
      'gone-0: route gone-0 to IT (to the verified instance)',
      'gone-0: wait until allowed (removal blocked: the service is protected)',
    ]);
    expect(crashed).toMatchObject({
      change: 'update',
      reason: 'restart_because_crashed',
      gate: { code: 'REMOVAL_PROTECTED' },
      status: {
        state: 'Degraded',
        cause: expect.stringMatching(/^crashed: it ended; removal blocked/),
      },
      desiredDigest: 'd1-kept',
    });
  });

  test('is made again when nothing of it is left', () => {
    expect(held([])).toMatchObject({ change: 'create', reason: 'create_because_missing' });
  });

  test('is not made again once its end was approved, nor when it is let go', () => {
    expect(held([], { ...memory, removalApproved: true })).toBeUndefined();
    const asked = { id: 'f', kind: 'forget', service: name, by: 'ann', atMs: START_MS } as const;
    const histories = new Map([[name, memory]]);
    const [forgotten] = plan(inputOf({ histories, requests: [asked] })).services;
    expect(forgotten && isGone(forgotten)).toBe(true);
  });

  test('is left alone where its slug has another owner by now', () => {
    const claims = { ...wanted('heir'), slug: kept.slug };
    const histories = new Map([[name, memory]]);
    const { services } = plan(inputOf({ services: [claims], instances: [found(kept)], histories }));
    const other = services.find((service) => service.name === name);
    expect(other?.road.map(({ kind }) => kind)).toEqual(['wait']);
    expect(other?.status.state).toBe('Blocked');
  });

  test('is remembered while it is paused, although nothing of it is left', () => {
    const asked = { id: 'p', kind: 'pause', service: name, by: 'ann', atMs: START_MS } as const;
    const { services } = plan(inputOf({ histories: new Map([[name, memory]]), requests: [asked] }));
    expect(services.map(({ status }) => status.state)).toEqual(['Paused']);
  });

  test('counts in the fleet and among those that go, although nothing of it is left', () => {
    const names = Array.from({ length: 6 }, (_, index) => `gone-${index}`);
    const histories = new Map(names.map((one) => [one, { accepted: wanted(one) }]));
    const { services } = plan(inputOf({ services: STAY, histories }));
    const lost = services.filter((one) => one.name.startsWith('gone'));
    expect(lost.map(({ change, gate }) => [change, gate?.cause])).toEqual(
      names.map(() => ['create', '6 of 8 services would go within 10 minutes, at most 5 may']),
    );
    const few = new Map([...histories].slice(0, 5));
    const ended = plan(inputOf({ services: STAY, histories: few })).services.filter(isGone);
    expect(ended.map(({ reason }) => reason)).toEqual(Array(5).fill('remove_because_not_desired'));
  });
});
