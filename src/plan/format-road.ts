import type { Drift, Plan, ServicePlan, Step, Wait } from '../model/plan.ts';
import { formatProblem } from '../model/problem.ts';
import { oneLine } from './format-line.ts';

/** The whole plan, one line per step, wait, gate, drift and problem; '' when there is nothing of it. */
export function formatPlan(plan: Plan): string {
  const services = plan.services.flatMap(serviceLines);
  const problems = plan.problems.map((problem) => `problem: ${formatProblem(problem)}`);
  const leftAlone = plan.leftAlone.map(
    ({ kind, name, cause, allow }) => `left alone: ${kind} ${name}, ${cause} (${allow})`,
  );
  return [...services, ...leftAlone, ...problems].map(oneLine).join('\n');
}

/** The road of one service, one line per step and wait; '' when there is none. */
export function formatRoad({ name, road }: Pick<ServicePlan, 'name' | 'road'>): string {
  return road.map((item) => formatStep(name, item)).join('\n');
}

/** `echo: create mcp-echo-ab12cd34-1 (not found)`; a wait ends with its time of day in UTC. */
export function formatStep(service: string, item: Step | Wait): string {
  const reasons = [item.cause];
  if (item.kind === 'wait' && item.untilMs !== undefined) {
    reasons.push(`until ${timeOfDay(item.untilMs)}`);
  }
  const why = reasons.filter((reason) => reason !== '').join('; ');
  return oneLine(`${service}: ${formatEffect(item)}${why === '' ? '' : ` (${why})`}`);
}

/** What a step does or a wait waits for, without why: `stop mcp-echo-ab12cd34-1`. */
export function formatEffect(item: Step | Wait): string {
  switch (item.kind) {
    case 'pull':
      return `pull ${item.image}${item.policy === 'missing' ? '' : `, ${item.policy}`}`;
    case 'create':
    case 'start':
    case 'stop':
    case 'update':
    case 'forget':
      return `${item.kind} ${item.target.name}`;
    case 'prune':
      return `prune ${item.object} ${item.target.name}`;
    case 'adopt':
      return `adopt ${item.from} as ${item.target.name}`;
    case 'remove':
      return `remove ${item.target.name}${item.volumes.length > 0 ? ' and its volumes' : ''}`;
    case 'route':
      return `route ${item.route.slug} to ${routeTargets(item.route.targets)}`;
    case 'unroute':
      return `unroute ${item.slug}`;
    case 'wait':
      return `wait until ${item.until}`;
  }
}

function routeTargets(targets: readonly { readonly instance: string }[]): string {
  if (targets.length === 0) return 'nothing';
  return targets.map(({ instance }) => instance).join(', ');
}

function serviceLines(service: ServicePlan): readonly string[] {
  const { name, gate } = service;
  const lines = service.drift.map(driftLine);
  if (gate !== undefined) {
    lines.push(`${name}: blocked ${gate.code}, ${gate.cause} (${gate.allow})`);
  }
  return [...lines, ...service.road.map((item) => formatStep(name, item))];
}

function driftLine({ service, signal, instance, path, expected, actual }: Drift): string {
  const where = [instance, path].filter((part) => part !== undefined).join(' ');
  return `${service}: drift ${signal}${where === '' ? '' : ` ${where}`}: ${expected} -> ${actual}`;
}

function timeOfDay(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 19);
}
