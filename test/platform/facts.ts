import type { ServiceStatus } from '../../src/model/status.ts';
import type { ServiceFacts } from '../../src/platform/service-facts.ts';
import { START_MS, wanted } from '../helpers/services.ts';
import { statusOf } from './statuses.ts';

export const URL_TEXT = 'http://localhost:7999/mcp/my-echo-4cd9b767';

/** A service that core made, with a secret of every kind in it. */
export const DESIRED = wanted('my-echo-4cd9b767', {
  origin: 'core',
  slug: 'my-echo-4cd9b767',
  labels: { team: 'search' },
  spec: {
    image: 'mcp/echo:latest',
    command: ['serve'],
    port: 8000,
    env: {
      LOG_LEVEL: 'info',
      API_KEY: 'hunter2-planted',
      DB: { secret: 'file:core/db' },
      OTHER: 'secret_ref:i1:OTHER',
    },
  },
  platform: { instanceId: 'i1', serviceName: 'My Echo', workspaceId: 'w1' },
});

export const ENVIRONMENT = {
  LOG_LEVEL: 'info',
  API_KEY: '[REDACTED]',
  DB: '[REDACTED]',
  OTHER: '[REDACTED]',
};

/** A second after the change, with a fraction. */
export const NOW_MS = START_MS + 61_120;

/** Facts of that service, which runs and serves unless said otherwise. */
export function factsOf(overrides: Partial<ServiceFacts> = {}): ServiceFacts {
  const { status = runningStatus(), ...rest } = overrides;
  return {
    status,
    desired: DESIRED,
    containerId: 'c1',
    createdAtMs: START_MS,
    responseMs: 1.5,
    ...rest,
  };
}

function runningStatus(): ServiceStatus {
  return withPlace(statusOf('Running', { available: true }));
}

/** With what a status tells of a service that has a route. */
export function withPlace(status: ServiceStatus): ServiceStatus {
  const { conditions, ...rest } = status;
  const verified = { type: 'Verified', status: 'True', reason: 'x', message: '' } as const;
  return {
    ...rest,
    conditions: [...conditions, verified],
    name: DESIRED.name,
    url: URL_TEXT,
    changedAtMs: START_MS + 60_000,
  };
}
