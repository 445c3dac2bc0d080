import { expect, test } from 'vitest';
import type { Pulled, ServiceHistory } from '../../src/model/history.ts';
import type { Instance } from '../../src/model/instance.ts';
import type { Request } from '../../src/model/request.ts';
import { desiredDigest } from '../../src/model/revision.ts';
import type { DesiredService } from '../../src/model/service.ts';
import type { Verification } from '../../src/model/verification.ts';
import { formatPlan } from '../../src/plan/format-road.ts';
import { plan } from '../../src/plan/plan.ts';
import { checkOf, type InputOverrides, inputOf } from './plan-input.ts';
import { found, START_MS, wanted } from './services.ts';

/** What is wanted, and the instance of it that runs since a minute. */
export const echo = wanted('echo');
export const old = found('echo', { startedAtMs: START_MS - 60_000 });
/** Another spec of it, and the instance of that. */
export const next = wanted('echo', { spec: { command: ['node', 'next.ts'] } });
export const made = found(next);
/** One that needs a secret, and its instance with version `k1-a` of it. */
export const secret = wanted('echo', { spec: { env: { KEY: { secret: 'file:/key' } } } });
export const keyed = found(secret, { secretVersions: { 'file:/key': 'k1-a' } });
/** One from an image, and its instance of image id `a`. */
export const image = wanted('echo', { spec: { image: 'echo:1', command: [] } });
export const imaged = found(image, { imageId: 'a' });
/** What its reference means in the store of its runtime. */
export const means = (id: string): Pick<InputOverrides, 'images'> => ({
  images: new Map([['memory', new Map([['echo:1', { id }]])]]),
});
/** Its image was pulled just now, for nobody unless told otherwise. */
export const pulled = (parts: Partial<Pulled> = {}): Pick<ServiceHistory, 'pulled'> => ({
  pulled: {
    runtime: 'memory',
    image: 'echo:1',
    atMs: START_MS,
    answers: [],
    used: false,
    ...parts,
  },
});
/** Its document cannot be used. */
export const BROKEN = { name: 'echo', cause: 'echo.yaml is broken' };

type Row = readonly [when: string, given: InputOverrides, lines: readonly string[]];

/** One test per row: what is planned for `echo` in the situation given, line by line. */
export function says(about: string, rows: readonly Row[], words?: Words): void {
  test.each(rows)(`${about} %s`, (_when, given, lines) => {
    expect(planned(given, words)).toBe(lines.map((line) => `echo: ${line}`).join('\n'));
  });
}

/** Instances by word: their siblings of the same release are `WORD-2` and so on. */
type Words = Readonly<Record<string, Instance>>;

/** How every road goes on after a start. */
export function serves(instance: string, slug = 'echo'): readonly string[] {
  return [
    'wait until verified (not verified yet)',
    `route ${slug} to ${instance} (to the verified instance)`,
  ];
}

/** The plan in words; the instances of `echo` are OLD and NEW, unless there are other words for them. */
function planned(overrides: InputOverrides, words: Words = {}): string {
  const known = [
    ...Object.entries(words).map(([word, { name }]) => [releasePart(name), word] as const),
    ...[old, keyed, imaged].map(({ name }) => [releasePart(name), 'OLD'] as const),
  ];
  const text = formatPlan(plan(inputOf(overrides)));
  return text.replaceAll(/mcp-echo-[0-9a-f]{8}-\d+/g, (name) => {
    const [, word] = known.find(([part]) => part === releasePart(name)) ?? [];
    const number = name.slice(releasePart(name).length);
    if (number === '-1') return word ?? 'NEW';
    return word === undefined ? name : `${word}${number}`;
  });
}

function releasePart(name: string): string {
  return name.replace(/-\d+$/, '');
}

/** The instance before its first start. */
export function created({ url: _url, startedAtMs: _startedAtMs, ...instance }: Instance): Instance {
  return { ...instance, state: 'created' };
}

/** The instance after it ended with code 1. */
export function exited({ url: _url, ...instance }: Instance, atMs = START_MS): Instance {
  return { ...instance, state: 'exited', exit: { code: 1, signal: null, atMs } };
}

/** The running instance with one field that is not as applied. */
export function drifted(path: string): Instance {
  return { ...old, drift: [{ path, expected: 'a', actual: 'b' }] };
}

/** A failed probe of the running instance, which was verified before. */
export function failing(strikes: number, overrides: Partial<Verification> = {}): Verification {
  const result = { outcome: 'failed', message: 'no answer' } as const;
  return checkOf(old, { result, strikes, verifiedAtMs: START_MS, ...overrides });
}

interface Histories {
  readonly histories: ReadonlyMap<string, ServiceHistory>;
}

/** What is remembered of `echo`. */
export function history(past: ServiceHistory): Histories {
  return { histories: new Map([['echo', past]]) };
}

/** The third attempt to create the service failed just now, unless told otherwise. */
export function failed(
  service: DesiredService,
  failure: Partial<NonNullable<ServiceHistory['failure']>>,
): Histories {
  const then = { kind: 'retry', count: 3, lastMs: START_MS, code: 'TIMED_OUT' } as const;
  const what = { message: 'too slow', step: 'create', desiredDigest: desiredDigest(service) };
  return history({ failure: { ...then, ...what, ...failure } });
}

/** A request about `echo`, made just now unless told otherwise. */
export function asked(
  kind: 'restart' | 'pause' | 'update' | 'forget',
  atMs = START_MS,
): Pick<InputOverrides, 'requests'> {
  const request: Request = { id: `${kind}-1`, kind, service: 'echo', by: 'ann', atMs };
  return { requests: [request] };
}
