import { isDeepStrictEqual, stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PlanDocument } from '../../src/model/plan-document.ts';
import type { ServicePlan, Step, Wait } from '../../src/model/plan.ts';
import { findStale } from '../../src/plan/basis.ts';
import { toPlanDocument } from '../../src/plan/document.ts';
import { formatPlan } from '../../src/plan/format-road.ts';
import { formatPlanDocument } from '../../src/plan/format.ts';
import { anyPlan, PLANTED } from './golden/plan-arbitrary.ts';

test('A document is the same after it was written and read', () => {
  fc.assert(
    fc.property(anyPlan, ({ plan, facts }) => {
      const document = toPlanDocument(plan, facts);
      // A service may be called `constructor`, by which toStrictEqual tells types apart.
      expect(isDeepStrictEqual(JSON.parse(JSON.stringify(document)), document)).toBe(true);
    }),
  );
});

test('The actions hold delete exactly when a reachable step removes, the service is replaced or nothing is left of it', () => {
  fc.assert(
    fc.property(anyPlan, ({ plan, facts }) => {
      const { changes } = toPlanDocument(plan, facts);
      const deleted = changes.filter(({ change }) => change.actions.includes('delete'));
      const expected = plan.services.filter(isDeleted);
      expect(deleted.map(({ service }) => service)).toEqual(expected.map(({ name }) => name));
    }),
  );
});

test('A no-op is listed only with the gate that makes it one, and the summary counts changes and gates', () => {
  fc.assert(
    fc.property(anyPlan, ({ plan, facts }) => {
      const { changes, summary } = toPlanDocument(plan, facts);
      const idle = changes.filter(({ change }) => change.actions.includes('no-op'));
      expect(idle.every(({ gate }) => gate !== undefined)).toBe(true);
      const { blocked, ...acts } = summary;
      const counted = Object.values(acts).reduce((sum, count) => sum + count, 0);
      expect(counted).toBe(changes.length - idle.length);
      expect(blocked).toBe(changes.filter(({ gate }) => gate !== undefined).length);
    }),
  );
});

test('A plan is not stale in the world it was made for', () => {
  fc.assert(
    fc.property(anyPlan, ({ plan, facts }) => {
      const document: PlanDocument = JSON.parse(JSON.stringify(toPlanDocument(plan, facts)));
      expect(findStale(document, facts.world)).toEqual([]);
    }),
  );
});

test('Every plan has a text, the same with colour and without, one line per thing', () => {
  fc.assert(
    fc.property(anyPlan, ({ plan, facts }) => {
      const document = toPlanDocument(plan, facts);
      const plain = formatPlanDocument(document, { color: false });
      const colored = formatPlanDocument(document, { color: true });
      expect(stripVTControlCharacters(colored)).toBe(plain);
      expect(plain).not.toMatch(/[^\P{Cc}\n]/u);
      expect(formatPlan(plan).split('\n')).toHaveLength(Math.max(1, thingsIn(plan.services)));
    }),
  );
});

test('Neither document nor text shows logs, internal addresses or secret references as values', () => {
  fc.assert(
    fc.property(anyPlan, ({ plan, facts }) => {
      const document = toPlanDocument(plan, facts);
      const texts = [
        JSON.stringify(document),
        formatPlanDocument(document, { color: false }),
        formatPlan(plan),
      ];
      for (const text of texts) expect(text).not.toContain(PLANTED);
      expect(JSON.stringify(document.changes)).not.toContain('"secret":');
    }),
  );
});

function isDeleted({ change, road }: ServicePlan): boolean {
  const barrier = road.findIndex(
    (item) => item.kind === 'wait' && ['allowed', 'unpaused'].includes(item.until),
  );
  const reached = barrier < 0 ? road : road.slice(0, barrier);
  if (reached.some(({ kind }) => kind === 'remove')) return true;
  if (change === 'remove' && road.length === 0) return true;
  const goesOrIsReplaced = change === 'replace' || change === 'remove';
  return goesOrIsReplaced && reached.some(({ kind }) => kind !== 'wait');
}

function thingsIn(services: readonly ServicePlan[]): number {
  const items: readonly (Step | Wait)[] = services.flatMap(({ road }) => road);
  return items.length + services.filter(({ gate }) => gate !== undefined).length;
}
