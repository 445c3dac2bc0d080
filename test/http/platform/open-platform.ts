import { onTestFinished } from 'vitest';
import type { Control, Inspection, ServiceDetail } from '../../../src/control.ts';
import { createApp } from '../../../src/http/app.ts';
import type { ServiceStatus } from '../../../src/model/status.ts';
import type { ServiceLimit } from '../../../src/model/service-limit.ts';
import type { Log } from '../../../src/ports.ts';
import { createFakeControl, someStatus } from '../fake-control.ts';
import { createFakeInspection } from '../fake-inspection.ts';
import { wanted, type WantedOverrides } from '../../helpers/services.ts';

export interface PlatformParts {
  readonly control?: Partial<Control>;
  readonly details?: readonly ServiceDetail[];
  readonly inspection?: Partial<Inspection>;
  readonly startupMs?: number;
  readonly limit?: ServiceLimit;
}

type AtEnd = (end: () => Promise<void>) => void;

/** The API before a fake manager, asked without a network. */
export function openPlatform(parts: PlatformParts = {}, atEnd: AtEnd = onTestFinished) {
  const control = createFakeControl(parts.control);
  const logged: [level: 'warn' | 'error', fields: object][] = [];
  const log: Log = {
    debug() {},
    info() {},
    warn: (fields) => void logged.push(['warn', fields]),
    error: (fields) => void logged.push(['error', fields]),
  };
  const { details, inspection, startupMs = 1_000, limit = {} } = parts;
  const platform = { inspection: createFakeInspection(details, inspection), startupMs, limit };
  const app = createApp({ control, log, version: '1', platform });
  atEnd(async () => {
    await app.close();
  });
  const ask = async (route: string, payload?: object | string | Buffer) => {
    const [method = '', url = ''] = route.split(' ');
    const response = await app.inject({
      method: toMethod(method),
      url,
      ...(payload !== undefined && { payload }),
    });
    return { status: response.statusCode, body: response.body === '' ? '' : response.json() };
  };
  return { app, ask, calls: control.calls, logged };
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const;

function toMethod(text: string): (typeof METHODS)[number] {
  return METHODS.find((method) => method === text) ?? 'GET';
}

/** A service of the platform that runs. */
export function someService(name: string, overrides: WantedOverrides = {}): ServiceDetail {
  const desired = wanted(name, overrides);
  return { status: { ...someStatus(name), ...available }, desired, containerIds: [`c-${name}`] };
}

const available = {
  conditions: [
    { type: 'Available', status: 'True', reason: 'x', message: '' },
    { type: 'Verified', status: 'True', reason: 'x', message: '' },
  ],
} as const;

/** A service that runs, and is so after the first write. */
export function settlesAs(name: string, becomes: Partial<ServiceStatus>): Partial<Inspection> {
  const before = someService(name, { origin: 'api' });
  let details = [before];
  return {
    details: () => details,
    settled: async () => {
      details = [{ ...before, status: { ...before.status, ...becomes } }];
    },
  };
}
