import { readFileSync } from 'node:fs';
import type { Control } from '../../src/control.ts';
import type { CloudEvent } from '../../src/model/event.ts';
import { contained } from '../../test/helpers/fleet.ts';
import type { ManagerProcess, Workplace } from '../../test/helpers/manager.ts';
import { spreadOf, type Spread } from '../measure.ts';
import { timed, type FleetTimes } from './bare.ts';

const EDITS = 5;
const MOST_WAIT_MS = 300_000;
/** Linux counts CPU time in hundredths of a second (`getconf CLK_TCK`). */
const TICK_MS = 10;

export interface ManagedFleet extends FleetTimes {
  readonly verifiedMs: number;
  /** CPU of the manager until all was verified. */
  readonly cpuMs: number;
  readonly rssBytes: number;
  readonly firstCallMs: Spread;
  readonly runningMs: Spread;
}

/** A whole manager brings a fleet up, leaves it, changes one service and takes all down. */
export async function measureManagedFleet(place: Workplace, count: number): Promise<ManagedFleet> {
  const manager = await place.run();
  const names = Array.from({ length: count }, (_, index) => `tiny-${index}`);
  const declare = (greeting: string): void => {
    const services = names.map((name, index) => [
      name,
      withGreeting(index === 0 ? greeting : 'hello'),
    ]);
    place.declare('fleet.yaml', Object.fromEntries(services));
  };
  const cpuBeforeMs = cpuMsOf(manager.pid);
  const started = countEvents(manager.control, 'step.completed', 'start', count);
  const verified = countEvents(manager.control, 'service.routed', undefined, count);
  const beganMs = performance.now();
  declare('hello');
  const upMs = (await started) - beganMs;
  const verifiedMs = (await verified) - beganMs;
  const cpuMs = cpuMsOf(manager.pid) - cpuBeforeMs;
  const rssBytes = rssBytesOf(manager.pid);
  await manager.until(Object.fromEntries(names.map((name) => [name, 'Running'])));
  const unchangedMs = await timed(() => place.cli('apply', '--auto-approve'));
  const edits = await measureEdits(manager, declare);
  const [firstCallMs, runningMs] = [
    spreadOf(edits.map(([first]) => first)),
    spreadOf(edits.map(([, last]) => last)),
  ];
  const downMs = await takeDown(place, manager, count);
  await manager.end();
  return {
    upMs,
    verifiedMs,
    unchangedMs,
    changedMs: runningMs.median,
    downMs,
    cpuMs,
    rssBytes,
    firstCallMs,
    runningMs,
  };
}

export function withGreeting(greeting: string): Readonly<Record<string, unknown>> {
  return contained('tiny', [], { env: { GREETING: greeting } });
}

async function measureEdits(
  { control }: ManagerProcess,
  declare: (greeting: string) => void,
): Promise<readonly (readonly [number, number])[]> {
  const times: [number, number][] = [];
  for (let edit = 0; edit < EDITS; edit += 1) {
    const first = countEvents(control, 'step.started', undefined, 1);
    const routed = countEvents(control, 'service.routed', undefined, 1);
    const beganMs = performance.now();
    declare(`edit ${edit}`);
    const firstMs = (await first) - beganMs;
    times.push([firstMs, (await routed) - beganMs]);
    await removedOnce(control);
  }
  return times;
}

/** The old instance goes last. */
async function removedOnce(control: Control): Promise<void> {
  const endMs = performance.now() + MOST_WAIT_MS;
  while (performance.now() < endMs) {
    const { services } = await control.status();
    if (services.every(({ state }) => state === 'Running')) return;
  }
  throw new Error('the fleet does not settle');
}

async function takeDown(
  place: Workplace,
  { control }: ManagerProcess,
  count: number,
): Promise<number> {
  const removed = countEvents(control, 'step.completed', 'remove', count);
  const beganMs = performance.now();
  place.declare('fleet.yaml', {});
  const applying = place.cli('apply', '--auto-approve', '--allow-removals', String(count));
  const downMs = (await removed) - beganMs;
  await applying;
  return downMs;
}

/** When the `count`-th event of this type, and step, came. */
async function countEvents(
  control: Control,
  type: string,
  step: string | undefined,
  count: number,
): Promise<number> {
  const events = control.events({ follow: true }, AbortSignal.timeout(MOST_WAIT_MS));
  let seen = 0;
  for await (const event of events) {
    if (isMeant(event, type, step)) seen += 1;
    if (seen === count) return performance.now();
  }
  throw new Error(`only ${seen} of ${count} events ${type} came`);
}

function isMeant({ type, data }: CloudEvent, wanted: string, step: string | undefined): boolean {
  return type === `io.mcpmanager.${wanted}` && (step === undefined || data['step'] === step);
}

function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

function rssBytesOf(pid: number): number {
  const [, kilobytes = ''] =
    /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}
