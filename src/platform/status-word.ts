import type { ServiceState, ServiceStatus } from '../model/status.ts';
import type { StatusWord } from './status-message.ts';

/** The word for a service that traffic reaches, for one that it does not, and whether `cause` is a trouble. */
interface Row {
  readonly available: StatusWord;
  /** Absent: nobody can tell. */
  readonly otherwise?: StatusWord;
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

/** What core is told of a service; of one that is gone, that it has stopped. */
export interface StatusReport {
  readonly word: StatusWord;
  /** Why it is not well; there with every `failed`. */
  readonly error?: string;
}

/** Undefined where nothing can be said: then what was told before still holds. */
export function toStatusReport(status: ServiceStatus | undefined): StatusReport | undefined {
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

function row(available: StatusWord, otherwise: StatusWord): Row {
  return { available, otherwise, isTrouble: false };
}

function trouble(available: StatusWord, otherwise: StatusWord): Row {
  return { available, otherwise, isTrouble: true };
}
