import type { ApplyResult } from '../control.ts';
import type { Paint } from '../plan/format-symbol.ts';

/** 0 converged or begun, 1 failed or blocked, 3 stale, 4 not verified in time (design §7). */
export function exitCodeOfResult({ outcome }: ApplyResult): number {
  switch (outcome) {
    case 'converged':
    case 'begun':
      return 0;
    case 'failed':
    case 'blocked':
      return 1;
    case 'stale':
      return 3;
    case 'not-verified':
      return 4;
  }
}

/** One sentence about the whole, then what keeps it from being well, service by service. */
export function formatResult(result: ApplyResult, paint: Paint): string {
  const { outcome, services, stale } = result;
  const good = outcome === 'converged';
  const color = good || outcome === 'begun' ? 'green' : 'red';
  const lines = [
    ...stale.map(({ service, moved }) => `  ${service}: ${moved}`),
    ...(good || outcome === 'stale' ? [] : services.flatMap(formatTrouble)),
    ...(good ? services.flatMap(({ name, url }) => (url ? [`  ${name}  ${url}`] : [])) : []),
  ];
  return [`\n${paint(color, headlineOf(result))}`, ...lines].join('\n');
}

function headlineOf({ outcome, services }: ApplyResult): string {
  switch (outcome) {
    case 'converged':
      return `Apply complete: ${services.length} ${services.length === 1 ? 'service is' : 'services are'} as wanted.`;
    case 'begun':
      return 'Apply has begun and goes on: `mcp-manager status` tells how far it is.';
    case 'failed':
      return 'Apply failed.';
    case 'blocked':
      return 'Apply is blocked: something must be allowed or mended first.';
    case 'stale':
      return 'Saved plan is stale: something moved since it was made. Make a new one.';
    case 'not-verified':
      return 'Apply ended, but not every service was verified in time.';
  }
}

function formatTrouble({ name, state, cause, lastLog = [] }: ApplyResult['services'][number]) {
  if (state === 'Running' || state === 'Stopped') return [];
  return [`  ${name}  ${state}  ${cause}`, ...lastLog.map((line) => `      | ${line}`)];
}
