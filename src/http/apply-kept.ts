import type { FastifyReply } from 'fastify';
import type { ApplyResult, Control } from '../control.ts';
import { AppError } from '../errors.ts';
import type { PlanDocument, StaleService } from '../model/plan-document.ts';
import { identityOf } from './access.ts';
import { noteOutcome } from './apply-outcome.ts';
import { goneOf } from './gone.ts';

export interface ApplyKept {
  readonly reply: FastifyReply;
  readonly plan: PlanDocument;
  readonly wait: boolean;
}

/** Applies a plan to its end; what happens meanwhile is told by the events. Throws PLAN_STALE. */
export async function applyKept(
  { apply }: Pick<Control, 'apply'>,
  { reply, plan, wait }: ApplyKept,
): Promise<ApplyResult> {
  // Who goes away changes nothing: it is only waited no longer.
  const gone = goneOf(reply);
  const { request } = reply;
  const messages = apply({ plan, wait, by: identityOf(request) }, gone);
  for await (const message of noteOutcome(request, messages)) {
    if (message.kind === 'event') continue;
    if (message.result.outcome === 'stale') throw stale(plan.planId, message.result.stale);
    return message.result;
  }
  throw new AppError('TIMED_OUT', `nobody waited for the end of the plan ${plan.planId}`);
}

function stale(planId: string, services: readonly StaleService[]): AppError {
  const lines = services.map(({ service, moved }) => `\n  - ${service}: ${moved}`).join('');
  return new AppError('PLAN_STALE', `the plan ${planId} is stale:${lines}`, {
    hint: 'make a new one: POST /v1/plan',
  });
}
