import { readFile } from 'node:fs/promises';
import { writeFileAtomically } from '../atomic-file.ts';
import { checkPlan } from '../desired/plan-check.ts';
import { AppError } from '../errors.ts';
import type { PlanDocument } from '../model/plan-document.ts';

/** A file that is no plan at all is wrong in everything. */
const MOST_SHOWN = 3;

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
  const checked = checkPlan(parsePlan(file, await readText(file)));
  if (checked.ok) return checked.plan;
  const cause = checked.mistakes.slice(0, MOST_SHOWN).join('; ');
  throw new AppError('PLAN_INVALID', `${file} is no plan that this version can read: ${cause}`, {
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

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
