import type { ServiceHistory } from '../../src/model/history.ts';
import type { Instance } from '../../src/model/instance.ts';
import { instanceName } from '../../src/model/names.ts';
import type { DesiredService } from '../../src/model/service.ts';
import { checkOf, type InputOverrides, settled } from './plan-input.ts';
import { history } from './plan-table.ts';
import { found, good, START_MS, wanted, type WantedOverrides } from './services.ts';

export const MINUTE_MS = 60_000;
/** One was started a minute ago and serves since; a change is stable after ten seconds. */
export const rollout = {
  ...wanted('echo').rollout,
  strategy: 'surge',
  stableForMs: 10_000,
} as const;

function version(program: string, { spec, ...rest }: WantedOverrides = {}): DesiredService {
  return wanted('echo', { rollout, spec: { ...spec, command: ['node', program] }, ...rest });
}

export const [v1, v2, v3] = [version('one'), version('two'), version('three')];
export const one = found(v1, { startedAtMs: START_MS - MINUTE_MS });
/** Just started; and long enough ago to have proven itself. */
export const two = found(v2);
export const proven = found(v2, { startedAtMs: START_MS - 20_000 });
const three = found(v3);
const stdio = { spec: { transport: 'stdio' } } as const;
export const [w1, w2] = [version('one', stdio), version('two', stdio)];
export const childOne = found(w1, { startedAtMs: START_MS - MINUTE_MS });
export const childTwo = found(w2, { startedAtMs: START_MS - 20_000 });

/** What is remembered of a service that went well at its first version. */
export function past(
  more: ServiceHistory = {},
  of: DesiredService = v1,
): Pick<InputOverrides, 'histories'> {
  const served = { targets: [found(of).name], before: [], sinceMs: START_MS - MINUTE_MS };
  return history({ releases: [good(of)], served, ...more });
}

/** The first version serves and the second is wanted, unless told otherwise. */
export function change(parts: InputOverrides): InputOverrides {
  return { services: [v2], ...settled(one), ...past(), ...parts };
}

/** The traffic went to these a second ago, or before that. */
export function switched(
  to: readonly Instance[],
  from: readonly Instance[],
  agoMs = 1_500,
): ServiceHistory {
  const [targets = [], before = []] = [to, from].map((of) => of.map(({ name }) => name));
  return { served: { targets, before, sinceMs: START_MS - agoMs } };
}

export const checks = (...of: readonly Instance[]) => of.map((instance) => checkOf(instance));
/** A check that it never passed. */
export const refused = (of: Instance) =>
  checkOf(of, { result: { outcome: 'failed', message: 'answered 500' } });
export const strikes = (of: Instance, count: number) =>
  checkOf(of, {
    result: { outcome: 'failed', message: 'no answer' },
    strikes: count,
    verifiedAtMs: of.startedAtMs ?? 0,
  });
export const WORDS = { ONE: one, TWO: two, THREE: three };

/** How a change begins, how it goes on until it has the traffic, and how the one before goes. */
export function starts(name: string): readonly string[] {
  return [`create ${name} (command changed)`, `start ${name} (command changed)`];
}

export function proves(targets: string): readonly string[] {
  return [
    'wait until verified (not verified yet)',
    'wait until stable (it must run well for 10s first)',
    `route echo to ${targets} (to the verified instance)`,
  ];
}

export function leaves(name: string): readonly string[] {
  return [
    'wait until drained (open calls may take 30s to end)',
    `stop ${name} (command changed)`,
    `remove ${name} (command changed)`,
  ];
}

export function nth(of: Instance, number: number): Instance {
  const name = instanceName('echo', of.release, number);
  return { ...of, id: `id-${name}`, name, url: `http://memory/${name}` };
}

/** All of them serve. */
export function several(...instances: readonly Instance[]) {
  const targets = instances.map(({ name, url = '' }) => ({ instance: name, url }));
  const route = { slug: 'echo', service: 'echo', path: '/mcp', targets };
  return { instances, routed: [route], checked: checks(...instances) };
}

export const times = (replicas: number, of: DesiredService): DesiredService => ({
  ...of,
  replicas,
});
