import type { StatusReport } from '../control.ts';
import { formatProblem } from '../model/problem.ts';
import type { Condition, ServiceState, ServiceStatus } from '../model/status.ts';
import { formatLeftAlone } from '../plan/format-sections.ts';
import type { Paint, Style } from '../plan/format-symbol.ts';
import { formatAgo, formatSpan } from '../plan/format-span.ts';
import { formatTable } from './terminal.ts';

export interface FormatStatusOptions {
  readonly nowMs: number;
  readonly paint: Paint;
}

const HEAD = ['NAME', 'STATE', 'CONDITIONS', 'MCP', 'UP', 'RESTARTS', 'CHANGED', 'URL', 'CAUSE'];

/** The services as a table, then what is left alone, then the problems. Ends without a newline. */
export function formatStatus(
  { services, problems, leftAlone }: StatusReport,
  { nowMs, paint }: FormatStatusOptions,
): string {
  const lines = formatTable([HEAD, ...services.map((service) => toRow(service, nowMs))]).split(
    '\n',
  );
  const painted = lines.map((line, index) => paintLine(line, services[index - 1], paint));
  const table = services.length === 0 ? ['No services.'] : painted;
  const broken = problems.map((problem) => `  ${formatProblem(problem)}`);
  const list = broken.length === 0 ? [] : ['', paint('red', 'Problems:'), ...broken];
  const others = formatLeftAlone(leftAlone, paint).flatMap((section) => ['', section]);
  return [...table, ...others, ...list].join('\n');
}

/** `ok`, or what does not hold: `!Available ?Verified`. */
function summarise(conditions: readonly Condition[]): string {
  const open = conditions.filter(({ status }) => status !== 'True');
  const words = open.map(({ type, status }) => `${status === 'False' ? '!' : '?'}${type}`);
  return words.length === 0 ? 'ok' : words.join(' ');
}

const STYLES: Partial<Readonly<Record<ServiceState, Style>>> = {
  Running: 'green',
  Failed: 'red',
  CrashLoop: 'red',
  RollingBack: 'red',
  Blocked: 'red',
  Stopped: 'dim',
  Paused: 'dim',
};

/** How a state reads at a glance; what is under way is yellow. */
export function styleOf(state: ServiceState): Style {
  return STYLES[state] ?? 'yellow';
}

function toRow(service: ServiceStatus, nowMs: number): readonly string[] {
  const { name, state, conditions, startedAtMs, restarts, changedAtMs, url, cause } = service;
  return [
    name,
    state,
    summarise(conditions),
    toMcp(service),
    startedAtMs === undefined ? '-' : formatSpan(nowMs - startedAtMs),
    String(restarts),
    formatAgo(changedAtMs, nowMs) || '-',
    url ?? '-',
    cause.replaceAll(/\s+/g, ' '),
  ];
}

function toMcp({ era, tools }: ServiceStatus): string {
  const words = [era ?? [], tools === undefined ? [] : `${tools} tools`].flat();
  return words.length === 0 ? '-' : words.join(', ');
}

/** Colour goes over the finished line, so that it moves no column. */
function paintLine(line: string, service: ServiceStatus | undefined, paint: Paint): string {
  if (service === undefined) return paint('bold', line);
  const at = line.indexOf(service.state, service.name.length);
  const end = at + service.state.length;
  return `${line.slice(0, at)}${paint(styleOf(service.state), service.state)}${line.slice(end)}`;
}
