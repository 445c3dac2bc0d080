import { describe, expect, test } from 'vitest';
import type { Origin } from '../../src/model/service.ts';
import type { ServiceLimit } from '../../src/model/service-limit.ts';
import { requirePlace } from '../../src/reconcile/quota.ts';
import { wanted } from '../helpers/services.ts';

function fleet(count: number, origin: Origin, workspaceId = 'w1') {
  return Array.from({ length: count }, (_, at) =>
    wanted(`${origin}-${workspaceId}-${at}`, { origin, platform: { workspaceId } }),
  );
}

function refusalOf(
  limit: ServiceLimit,
  services = fleet(0, 'api'),
  workspaceId?: string,
  service = 'new',
) {
  const fields = workspaceId === undefined ? {} : { platform: { workspaceId } };
  try {
    requirePlace(limit, { services }, { service, origin: 'api', fields });
    return 'taken';
  } catch (error) {
    return error instanceof Error ? error.message : error;
  }
}

describe('without a limit of the operator', () => {
  test('programs may declare 50 services, and those of people do not count', () => {
    const people = fleet(100, 'file');
    expect(refusalOf({}, [...people, ...fleet(49, 'api')])).toBe('taken');
    expect(refusalOf({}, [...people, ...fleet(25, 'api'), ...fleet(25, 'core')])).toBe(
      'maximum container limit reached (50)',
    );
  });
});

test('a limit of the operator counts all services', () => {
  expect(refusalOf({ most: 3 }, fleet(2, 'file'))).toBe('taken');
  expect(refusalOf({ most: 3 }, [...fleet(2, 'file'), ...fleet(1, 'core')])).toBe(
    'maximum container limit reached (3)',
  );
  expect(refusalOf({ most: 0 })).toBe('maximum container limit reached (0)');
});

test('a workspace has a limit of its own', () => {
  const limit = { mostPerWorkspace: 2 };
  const services = [...fleet(2, 'api', 'w1'), ...fleet(1, 'api', 'w2'), ...fleet(9, 'file', 'w2')];
  expect(refusalOf(limit, services, 'w1')).toBe(
    'maximum container limit reached (2) in workspace w1',
  );
  expect(refusalOf(limit, services, 'w2')).toBe('taken');
  expect(refusalOf(limit, services)).toBe('taken');
});

describe('what is there already', () => {
  test('keeps its place, however full it is', () => {
    const services = [...fleet(60, 'api', 'w1')];
    expect(refusalOf({ mostPerWorkspace: 2 }, services, 'w1', 'api-w1-0')).toBe('taken');
    expect(refusalOf({ most: 3 }, fleet(9, 'file'), 'w1', 'file-w1-0')).toBe('taken');
  });

  test('needs a place in another workspace', () => {
    const services = [...fleet(1, 'api', 'w1'), ...fleet(2, 'api', 'w2')];
    expect(refusalOf({ mostPerWorkspace: 2 }, services, 'w2', 'api-w1-0')).toBe(
      'maximum container limit reached (2) in workspace w2',
    );
    expect(refusalOf({ mostPerWorkspace: 3 }, services, 'w2', 'api-w1-0')).toBe('taken');
  });

  test('needs a place among those of programs when it comes from people', () => {
    const services = [...fleet(1, 'file'), ...fleet(50, 'core')];
    expect(refusalOf({}, services, undefined, 'file-w1-0')).toBe(
      'maximum container limit reached (50)',
    );
  });
});
