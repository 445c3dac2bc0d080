import type { ServiceAuth } from '../model/service.ts';
import type { Condition, ServiceStatus } from '../model/status.ts';
import { formatToolChanges } from '../model/tool-surface.ts';
import { formatAgo, formatSpan } from '../plan/format-span.ts';
import { styleOf, type FormatStatusOptions } from './format-status.ts';
import { formatTable } from './terminal.ts';

/** All facts about one service, one a line. Ends without a newline. */
export function formatService(
  service: ServiceStatus,
  { nowMs, paint }: FormatStatusOptions,
): string {
  const { name, state, cause, conditions, lastLog = [] } = service;
  const title = `${paint('bold', name)}  ${paint(styleOf(state), state)}${cause === '' ? '' : `  ${cause}`}`;
  const facts = toFacts(service, nowMs).filter(([, value]) => value !== '');
  const rows = facts.map(([label, value]) => [`  ${label}`, value]);
  return [
    title,
    formatTable(rows),
    ...(conditions.length === 0 ? [] : ['Conditions:', formatConditions(conditions, nowMs)]),
    ...(lastLog.length === 0 ? [] : ['Last output:', ...lastLog.map((line) => `  ${line}`)]),
  ].join('\n');
}

function toFacts(service: ServiceStatus, nowMs: number): readonly (readonly [string, string])[] {
  const { startedAtMs, untilMs, tools, toolsChange, unapprovedTools, labels } = service;
  return [
    ['url', service.url ?? ''],
    ['auth', service.auth ? formatAuth(service.auth) : ''],
    ['runtime', isolationOf(service.runtime)],
    ['origin', service.origin],
    [
      'labels',
      Object.entries(labels)
        .flatMap(([key, value]) => `${key}=${value}`)
        .join(', '),
    ],
    ['revision', service.revision ?? ''],
    ['release', service.release ?? ''],
    ['remote', service.remote ?? ''],
    ['image', service.image ?? ''],
    ['image id', service.imageId ?? ''],
    ['slug', service.slug ?? ''],
    ['era', service.era ?? ''],
    ['tools', tools === undefined ? '' : String(tools)],
    ['tools since', toolsChange ? `${toolsChange.before}: ${formatToolChanges(toolsChange)}` : ''],
    ['not approved', unapprovedTools ? formatToolChanges(unapprovedTools) : ''],
    ['up', startedAtMs === undefined ? '' : formatSpan(nowMs - startedAtMs)],
    ['restarts', String(service.restarts)],
    ['changed', formatAgo(service.changedAtMs, nowMs)],
    ['looked at', untilMs === undefined ? '' : `again in ${formatSpan(untilMs - nowMs)}`],
  ];
}

function formatAuth({ role, tokens = [], passToken }: ServiceAuth): string {
  const which = tokens.length === 0 ? '' : `, one of ${tokens.join(', ')}`;
  return `a token of role ${role}${which}${passToken ? ', which the server gets' : ''}`;
}

/** Nobody should take a child process for a container. */
function isolationOf(runtime: string): string {
  return runtime === 'process' ? 'process (no isolation)' : runtime;
}

function formatConditions(conditions: readonly Condition[], nowMs: number): string {
  return formatTable(
    conditions.map(({ type, status, reason, message, sinceMs }) => [
      `  ${type}`,
      status,
      reason,
      formatAgo(sinceMs, nowMs),
      message,
    ]),
  );
}
