import { randomUUID } from 'node:crypto';
import type { PlanRequest } from '../control.ts';
import { AppError } from '../errors.ts';
import type { PlanDocument } from '../model/plan-document.ts';
import type { Desired } from '../model/service.ts';
import { toWorld } from '../plan/basis.ts';
import { planDocumentInParts } from '../plan/document.ts';
import type { PlanInput } from '../plan/input.ts';
import { planInParts } from '../plan/plan.ts';
import type { Secrets } from '../ports.ts';
import { look, lookWith, requireKnown } from './control-look.ts';
import type { ControlOptions, MadePlan, Seen } from './control-options.ts';
import { createShortQueue } from './one-at-a-time.ts';
import { takeTurns } from './take-turns.ts';
import { readTexts } from './written-service.ts';

/** Each takes some tenths of a second with a thousand services, and holds documents of up to 2 MiB meanwhile. */
const MOST_WAITING = 16;

/** What is only tried out: with the secrets that would be kept for it. */
export interface Wanted {
  readonly desired: Desired;
  readonly secrets: Pick<Secrets, 'versions'>;
}

/** Plans, each made from one look, and in turns with everything else that is to be done. */
export interface PlanControl {
  /** One after the other. Throws SERVICE_UNKNOWN, TOO_MANY_PLANS. */
  makePlan(request: PlanRequest): Promise<MadePlan>;
  /** The same with the documents of the request instead of those that there are. */
  planTexts(request: PlanRequest): Promise<PlanDocument>;
  /** For some services alone, by who writes them: one write is made at a time. */
  planWritten(names: readonly string[]): Promise<MadePlan>;
  /** What would be done for one service with another desired set; asked for by who writes it. */
  planWith(wanted: Wanted, service: string): Promise<PlanDocument>;
  /** What a plan would be made from. Throws SERVICE_UNKNOWN. */
  see(names: PlanRequest['names']): Promise<Seen>;
}

export function createPlanControl(options: ControlOptions): PlanControl {
  const { refresh } = options;
  const inTurn = createShortQueue(MOST_WAITING, tooMany);
  return {
    makePlan: (request) =>
      inTurn(async () => {
        await refresh();
        return planFor(options, await look(options), request);
      }),
    planTexts: (request) =>
      inTurn(async () => {
        const desired = await readTexts(options, request.documents ?? {});
        const { document } = await planFor(options, await lookWith(options, desired), request);
        return document;
      }),
    async planWritten(names) {
      await refresh();
      return planFor(options, await look(options, new Set(names)), { names });
    },
    planWith: ({ desired, secrets }, service) =>
      inTurn(async () => {
        const input = await lookWith(options, desired, secrets);
        const { document } = await planFor(options, input, { names: [service] });
        return document;
      }),
    async see(names = []) {
      await refresh();
      const input = await look(options);
      requireKnown(names, input);
      return { desired: input.desired, world: toWorld(input) };
    },
  };
}

async function planFor(
  options: Pick<ControlOptions, 'managerId' | 'clock'>,
  looked: PlanInput,
  request: PlanRequest,
): Promise<MadePlan> {
  const input = withAllowance(looked, request.allowRemovals);
  const whole = await takeTurns(planInParts(input));
  const names = request.names && new Set(request.names);
  requireKnown(request.names ?? [], input);
  const services = whole.services.filter(({ name }) => !names || names.has(name));
  const world = toWorld(input);
  const facts = {
    planId: randomUUID(),
    managerId: options.managerId,
    nowMs: options.clock(),
    world,
    ...(request.allowRemovals !== undefined && { allowRemovals: request.allowRemovals }),
    ...(input.desired.commit && { commit: input.desired.commit }),
  };
  const document = await takeTurns(planDocumentInParts({ ...whole, services }, facts));
  return { document, desired: input.desired, world };
}

function withAllowance(input: PlanInput, allowed: number | undefined): PlanInput {
  if (allowed === undefined) return input;
  const { recent, allowances } = input.removals;
  return {
    ...input,
    removals: { recent, allowances: [...allowances, { count: allowed, used: [] }] },
  };
}

function tooMany(): AppError {
  return new AppError('TOO_MANY_PLANS', `${MOST_WAITING} plans wait to be made already`, {
    hint: 'ask again in some seconds',
  });
}
