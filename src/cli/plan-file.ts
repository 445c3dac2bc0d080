import { readFile } from 'node:fs/promises';
import { writeFileAtomically } from '../atomic-file.ts';
import { AppError } from '../errors.ts';
import type { PlanDocument } from '../model/plan-document.ts';

/** Saves a plan for its owner alone: it holds whole specs. */
export async function writePlanFile(file: string, document: PlanDocument): Promise<void> {
  const text = `${JSON.stringify(document, undefined, 2)}\n`;
  try {
    await writeFileAtomically(file, text, { mode: 0o600 });
  } catch (error) {
    throw new AppError('REFUSED', `the plan could not be saved to ${file}`, {
      cause: error,
      hint: reasonOf(error),
    });
  }
}

/** A saved plan, or PLAN_INVALID that says what is wrong with the file. */
export async function readPlanFile(file: string): Promise<PlanDocument> {
  const document = parsePlan(file, await readText(file));
  if (isPlanDocument(document)) return document;
  throw new AppError('PLAN_INVALID', `${file} is no plan that this version can read`, {
    hint: '`mcp-manager plan --out FILE` writes one',
  });
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new AppError('PLAN_INVALID', `the plan ${file} could not be read`, {
      cause: error,
      hint: reasonOf(error),
    });
  }
}

function parsePlan(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError('PLAN_INVALID', `${file} is no JSON`, {
      cause: error,
      hint: '`mcp-manager plan --out FILE` writes a plan',
    });
  }
}

/** Whether the head is right; the manager holds all of it against the world. */
function isPlanDocument(value: unknown): value is PlanDocument {
  if (typeof value !== 'object' || value === null) return false;
  const lists: readonly (keyof PlanDocument)[] = ['changes', 'drift', 'problems', 'waiting'];
  const plan: Partial<PlanDocument> = value;
  return (
    typeof plan.formatVersion === 'string' &&
    plan.formatVersion.startsWith('1.') &&
    typeof plan.planId === 'string' &&
    lists.every((list) => Array.isArray(plan[list])) &&
    typeof plan.summary === 'object' &&
    typeof plan.basis === 'object'
  );
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
