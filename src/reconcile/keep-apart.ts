import { AppError } from '../errors.ts';
import type { DeclareRequest } from '../model/declaration.ts';
import type { PlanDocument } from '../model/plan-document.ts';
import type { Problem } from '../model/problem.ts';
import type { Desired, DesiredService } from '../model/service.ts';

/**
 * Who is for one workspace gets at nothing that services of others have: volumes are of the whole fleet, host
 * folders of the machine, and a slug that is the plain name of another service would take its traffic.
 * `before` is what is desired now. Throws FORBIDDEN.
 */
export function requireApart(
  { service, workspace }: DeclareRequest,
  { desired }: { readonly desired: Desired },
  before: Desired,
): void {
  const wanted = find(desired, service);
  if (workspace === undefined || !wanted) return;
  const own = find(before, service);
  const others = before.services.filter(({ platform }) => platform?.workspaceId !== workspace);
  const had = new Set(own?.spec.volumes.map(({ source }) => source));
  for (const { source } of wanted.spec.volumes) {
    if (had.has(source)) continue;
    if (source.startsWith('/')) throw forbidden(`the folder ${source} of the machine`);
    const isTaken = others.some(({ spec }) => spec.volumes.some((one) => one.source === source));
    if (isTaken) throw forbidden(`the volume ${source}, which is not of this workspace`);
  }
  const isPlain = others.some(({ plainName }) => plainName === wanted.slug);
  if (isPlain && own?.slug !== wanted.slug) throw forbidden(`the slug ${wanted.slug}`);
}

/** What stands in the way of who is for one workspace, without a word of what is not theirs. */
export function withoutOthers(
  { service, workspace }: Pick<DeclareRequest, 'service' | 'workspace'>,
  problems: readonly Problem[],
): readonly Problem[] {
  if (workspace === undefined) return problems;
  return problems.map((problem) => {
    if (problem.service !== service) return { ...OF_ANOTHER, code: problem.code };
    const message = problem.message.replace(/ "[^"]+" at \S+$/, ' another service');
    return { ...problem, message };
  });
}

/** What a plan shows who is for one workspace: no mistake of others, and nothing else that runs on the machine. */
export function withoutTheirs(
  request: Pick<DeclareRequest, 'service' | 'workspace'>,
  plan: PlanDocument,
): PlanDocument {
  if (request.workspace === undefined) return plan;
  const own = plan.problems.filter(({ service }) => service === request.service);
  return { ...plan, problems: withoutOthers(request, own), leftAlone: [] };
}

const OF_ANOTHER = {
  file: 'desired',
  line: 0,
  column: 0,
  message: 'another service would no longer be in order',
  hint: 'choose another name or slug',
};

function find({ services }: Desired, service: string): DesiredService | undefined {
  return services.find(({ name }) => name === service);
}

function forbidden(what: string): AppError {
  return new AppError('FORBIDDEN', `the service would get ${what}`, {
    hint: 'choose another name (many templates take `with: {volume: …}`), or let somebody declare it whose token is for all workspaces',
  });
}
