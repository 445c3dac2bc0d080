import type { CoreReport } from '../model/core.ts';
import type { ServiceState, ServiceStatus } from '../model/status.ts';

/** The word for a service that traffic reaches, for one that it does not, and whether `cause` is a trouble. */
interface Row {
  readonly available: CoreReport['word'];
  /** Absent: nobody can tell. */
  readonly otherwise?: CoreReport['word'];
  readonly isTrouble: boolean;
}

const ROWS: Readonly<Record<ServiceState, Row>> = {
  Pending: row('validating', 'validating'),
  Starting: row('starting', 'starting'),
  Running: row('running', 'running'),
  NeedsAuth: trouble('running', 'running'),
  // Something of it serves, or nothing does.
  Degraded: trouble('running', 'failed'),
  Updating: row('running', 'starting'),
  RollingBack: trouble('running', 'starting'),
  Failed: trouble('running', 'failed'),
  CrashLoop: trouble('running', 'failed'),
  // What cannot be observed has not failed by that.
  Frozen: { available: 'running', isTrouble: true },
  Blocked: trouble('running', 'failed'),
  Paused: row('running', 'stopped'),
  Stopped: row('stopped', 'stopped'),
  Removing: row('stopped', 'stopped'),
};

/** Undefined where nothing can be said: then what was told before still holds. */
export function toStatusReport(status: ServiceStatus | undefined): CoreReport | undefined {
  if (status === undefined) return { word: 'stopped' };
  const { available, otherwise, isTrouble } = ROWS[status.state];
  const word = isAvailable(status) ? available : otherwise;
  if (word === undefined) return undefined;
  const error = status.cause || (word === 'failed' ? status.state : '');
  return { word, ...(isTrouble && error !== '' && { error }) };
}

/** Whether traffic reaches an instance that passes its checks. */
export function isAvailable({ conditions }: Pick<ServiceStatus, 'conditions'>): boolean {
  return conditions.some(({ type, status }) => type === 'Available' && status === 'True');
}

function row(available: CoreReport['word'], otherwise: CoreReport['word']): Row {
  return { available, otherwise, isTrouble: false };
}

function trouble(available: CoreReport['word'], otherwise: CoreReport['word']): Row {
  return { available, otherwise, isTrouble: true };
}
