import type { CliCommand } from '../context.ts';
import { say, sayJson } from '../context.ts';
import { FAILED, OK } from '../exit-code.ts';
import { formatProblem } from '../../model/problem.ts';
import { loadDesired } from '../load-desired.ts';

/** Checks all documents and templates; asks no runtime and no manager. */
export const validateCommand: CliCommand = {
  worksHere: { why: 'it checks documents that lie here', variable: 'ignored' },
  define: (command) => command,
  examples: [
    ['validate', 'checks ./desired; exit code 1 when there are problems'],
    ['validate --desired fleet --json', 'prints the problems as JSON, for a pipeline'],
  ],
  async run(context) {
    const { services, problems } = await loadDesired(context, context.config());
    if (context.json) sayJson(context, { services: services.length, problems });
    else for (const problem of problems) say(context, formatProblem(problem));
    if (problems.length > 0) return FAILED;
    if (!context.json) say(context, `Valid: ${countOf(services.length)}.`);
    return OK;
  },
};

function countOf(services: number): string {
  return services === 1 ? '1 service' : `${services} services`;
}
