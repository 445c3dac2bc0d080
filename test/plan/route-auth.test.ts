import { expect, test } from 'vitest';
import type { Route, RouteAuth } from '../../src/model/route.ts';
import { desiredDigest } from '../../src/model/revision.ts';
import { plan } from '../../src/plan/plan.ts';
import { inputOf, settled } from '../helpers/plan-input.ts';
import { echo, old, says } from '../helpers/plan-table.ts';

const READ = { role: 'read' } as const;
const WRITE = { role: 'write' } as const;
const OF_W1 = { platform: { workspaceId: 'w1' } };

/** It runs, is verified, and is routed with these needs. */
function routedWith(auth?: RouteAuth) {
  const state = settled(old);
  const routed = state.routed?.map((route): Route => ({ ...route, ...(auth && { auth }) })) ?? [];
  return { ...state, routed };
}

says('A service whose token changes', [
  [
    'gets another route, and nothing is restarted',
    { services: [{ ...echo, auth: READ }], ...routedWith() },
    ['route echo to OLD (a token is asked for)'],
  ],
  [
    'is opened to all when it asks for none any more',
    { services: [echo], ...routedWith(READ) },
    ['route echo to OLD (no token is asked for any more)'],
  ],
  [
    'is told other needs',
    { services: [{ ...echo, auth: WRITE }], ...routedWith(READ) },
    ['route echo to OLD (other tokens are asked for)'],
  ],
  [
    'is told another workspace',
    { services: [{ ...echo, ...OF_W1, auth: READ }], ...routedWith(READ) },
    ['route echo to OLD (other tokens are asked for)'],
  ],
  [
    'is left alone when its route says the same',
    { services: [{ ...echo, ...OF_W1, auth: READ }], ...routedWith({ ...READ, workspace: 'w1' }) },
    [],
  ],
  [
    'has the route of its instance, with what is asked',
    { services: [{ ...echo, auth: READ }], ...settled(old), routed: [] },
    ['route echo to OLD (not routed)'],
  ],
]);

test('the plan and the status tell what is asked', () => {
  const service = { ...echo, ...OF_W1, auth: READ };
  const [planned] = plan(inputOf({ services: [service], ...routedWith() })).services;
  expect(planned?.status.auth).toEqual(READ);
  expect(planned?.road[0]).toMatchObject({
    kind: 'route',
    route: { auth: { role: 'read', workspace: 'w1' } },
  });
  expect(desiredDigest(service)).not.toBe(desiredDigest(echo));
});

says('A service whose plain name is free again', [
  [
    'is routed there as well, and nothing is restarted',
    { services: [{ ...echo, plainName: 'plain' }], ...settled(old) },
    ['route echo to OLD (its plain name is free)'],
  ],
]);
