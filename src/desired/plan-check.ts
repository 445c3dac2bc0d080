import planSchema from '../../schemas/plan.schema.json' with { type: 'json' };
import type { PlanDocument } from '../model/plan-document.ts';
import { createAjv } from './ajv.ts';

/** A saved plan, or in words with their places what keeps a value from being one. */
export type CheckedPlan =
  | { readonly ok: true; readonly plan: PlanDocument }
  | { readonly ok: false; readonly mistakes: readonly string[] };

/** Holds a value against `schemas/plan.schema.json`. */
export function checkPlan(value: unknown): CheckedPlan {
  const validate = createAjv().compile<PlanDocument>(planSchema);
  if (validate(value)) return { ok: true, plan: value };
  const mistakes = (validate.errors ?? []).map(
    ({ instancePath, message = 'is wrong' }) => `${instancePath || 'it'} ${message}`,
  );
  return { ok: false, mistakes };
}
