import { describe, expect, test } from 'vitest';
import type { ServiceHistory } from '../../src/model/history.ts';
import { desiredDigest } from '../../src/model/revision.ts';
import type { DesiredService } from '../../src/model/service.ts';
import { toApproved, withPending } from '../../src/plan/approval.ts';
import { plan } from '../../src/plan/plan.ts';
import { type InputOverrides, inputOf, observed, settled } from '../helpers/plan-input.ts';
import { asked, BROKEN, echo, exited, history, next, old } from '../helpers/plan-table.ts';
import { wanted } from '../helpers/services.ts';

function accepted(service: DesiredService, more: ServiceHistory = {}) {
  return history({ accepted: service, acceptedDigest: desiredDigest(service), ...more });
}

function approved(overrides: InputOverrides) {
  return toApproved(inputOf(overrides));
}

function stepsOf(overrides: InputOverrides): readonly string[] {
  return plan(approved(overrides)).services.flatMap(({ road }) => road.map(({ kind }) => kind));
}

describe('What is approved', () => {
  test('is the last accepted version, not the new document', () => {
    const given = { services: [next], ...settled(old), ...accepted(echo) };
    expect(approved(given).desired.services).toEqual([echo]);
    expect(approved(given).digests.get('echo')).toBe(desiredDigest(echo));
    expect(stepsOf(given)).toEqual([]);
  });

  test('is how its changes are carried out as the document says, also where nothing was asked', () => {
    const surging = { ...echo, rollout: { ...echo.rollout, strategy: 'surge' as const } };
    const given = { services: [surging], ...accepted(echo) };
    expect(approved(given).desired.services).toEqual([surging]);
    expect(approved(given).digests.get('echo')).toBe(desiredDigest(surging));
  });

  test('is healed without being asked', () => {
    expect(stepsOf({ services: [next], ...accepted(echo) })).toEqual([
      'create',
      'start',
      'wait',
      'route',
    ]);
  });

  test('is nothing for a service that is new', () => {
    expect(stepsOf({ services: [echo] })).toEqual([]);
  });

  test('is what runs, where the store was lost: its spec, its runtime and that it runs', () => {
    const moved = { ...next, runtime: 'other', power: 'off' as const };
    const observations = new Map([
      ['memory', observed([old])],
      ['other', observed([])],
    ]);
    const given = { services: [moved], ...settled(old), observations };
    expect(approved(given).desired.services).toEqual([
      { ...moved, spec: old.spec, revision: old.revision, runtime: 'memory', power: 'on' },
    ]);
    expect(stepsOf(given)).toEqual([]);
  });

  test('is the running one of several, whatever their order', () => {
    const copies = [{ ...exited(old), name: 'a', id: 'a', revision: 'v1-x' }, old];
    for (const instances of [copies, copies.toReversed()]) {
      const [service] = approved({ services: [next], instances }).desired.services;
      expect(service?.revision).toBe(old.revision);
    }
  });
});

describe('A removal', () => {
  test('by disappearance waits: what was accepted runs on', () => {
    const given = { services: [wanted('other')], ...settled(old) };
    expect(stepsOf({ ...given, ...accepted(echo) })).toEqual([]);
    expect(plan(approved(given)).services[0]?.status).toMatchObject({
      state: 'Frozen',
      cause: 'its removal waits for `mcp-manager apply`',
    });
  });

  test('goes once it was approved, or when it was asked by name', () => {
    const other = wanted('other', { power: 'off' });
    const given = { services: [other], ...settled(old) };
    const past = (more: ServiceHistory) =>
      new Map([['other', { accepted: other }], ...accepted(echo, more).histories]);
    const gone = ['unroute', 'stop', 'remove'];
    expect(stepsOf({ ...given, histories: past({ removalApproved: true }) })).toEqual(gone);
    const forgotten = { ...given, ...asked('forget'), histories: past({}) };
    expect(stepsOf(forgotten)).toEqual(['unroute', 'forget']);
  });

  test('does not hide why a service is frozen', () => {
    const [service] = plan(approved({ frozen: [BROKEN], ...settled(old) })).services;
    expect(service?.status.cause).toBe(BROKEN.cause);
  });
});

describe('The status of a service with a change that waits', () => {
  const given = { services: [next], ...settled(old) };
  const [proposed] = plan(inputOf(given)).services;

  test('is that of what is approved, and names the change', () => {
    const [healing] = plan(approved({ ...given, ...accepted(echo) })).services;
    const shown = proposed && withPending(healing, proposed);
    expect(shown?.road).toEqual([]);
    expect(shown?.status).toMatchObject({
      state: 'Running',
      cause: 'a change waits for `mcp-manager apply`: command changed',
    });
  });

  test('names no change where healing does all of it', () => {
    const crashed = { services: [echo], instances: [] };
    const [healing] = plan(approved({ ...crashed, ...accepted(echo) })).services;
    const [proposedAgain] = plan(inputOf(crashed)).services;
    expect(proposedAgain && withPending(healing, proposedAgain)).toEqual(healing);
  });

  test('is Pending for a service that is new', () => {
    const shown = proposed && withPending(undefined, proposed);
    expect(shown).toMatchObject({ change: 'no-op', road: [], status: { state: 'Pending' } });
  });
});
