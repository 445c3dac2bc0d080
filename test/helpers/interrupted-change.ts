import { expect } from 'vitest';
import type { CloudEvent } from '../../src/model/event.ts';
import { askTool } from './ask-tool.ts';
import { eventually } from './eventually.ts';
import { type ManagerProcess, tiny, type Workplace } from './manager.ts';

/** When a change is cut off: when this is told. */
export interface Moment {
  readonly type: string;
  readonly step?: string;
}

export const started = (step: string): Moment => ({ type: 'step.started', step });
export const done = (step: string): Moment => ({ type: 'step.completed', step });
export function declare(place: Workplace, round: string, modes: readonly string[] = []): void {
  const rollout = { stableFor: '500ms', drain: '1s', deadline: '2s' };
  place.declare('fleet.yaml', { echo: tiny(modes, { env: { GREETING: round }, rollout }) });
}

export async function begin(place: Workplace) {
  declare(place, 'first');
  const manager = await place.run();
  await manager.until({ echo: 'Running' });
  const { services } = await manager.control.status();
  return { manager, url: services[0]?.url ?? '' };
}

interface Change {
  readonly place: Workplace;
  readonly manager: ManagerProcess;
  readonly round: string;
  readonly modes?: readonly string[];
}

/** Edits the document and waits until this is told of what came of it. */
export async function changeUntil(
  { type, step }: Moment,
  { place, manager, round, modes }: Change,
): Promise<void> {
  const since = new Date().toISOString();
  const isIt = (event: CloudEvent): boolean =>
    event.type === `io.mcpmanager.${type}` && (step === undefined || event.data['step'] === step);
  declare(place, round, modes);
  const events = manager.control.events({ since, follow: true }, AbortSignal.timeout(20_000));
  for await (const event of events) if (isIt(event)) return;
  throw new Error(`${type} of ${step} was not told`);
}

interface Expected {
  readonly manager: ManagerProcess;
  readonly url: string;
  readonly round: string;
}

/** One release serves, at the same address, and nothing else is left. */
export async function expectOne(
  place: Workplace,
  { manager, url, round }: Expected,
): Promise<void> {
  await manager.until({ echo: 'Running' });
  await eventually(async () => {
    expect(await askTool(url)).toBe(round);
    expect(place.leftovers().filter((line) => / \S*node \S*tiny\.mjs/.test(line))).toHaveLength(1);
    const { changes } = await manager.control.plan({});
    expect(changes).toEqual([]);
  }, 20_000);
}
