import { describe, expect, test } from 'vitest';
import { toContainer } from '../../src/platform/container-body.ts';
import {
  toDetailedContainerHealth,
  toDetailedInstanceHealth,
} from '../../src/platform/detailed-health-body.ts';
import { toContainerHealth, toHealthCheck, toHealthMap } from '../../src/platform/health-body.ts';
import { toInstanceResult, toInstanceStatus } from '../../src/platform/instance-body.ts';
import { wanted } from '../helpers/services.ts';
import { DESIRED, ENVIRONMENT, factsOf, NOW_MS, URL_TEXT, withPlace } from './facts.ts';
import { statusOf } from './statuses.ts';

const CREATED = '2026-01-01T00:00:00Z';
const UPDATED = '2026-01-01T00:01:00Z';
const NOW = '2026-01-01T00:01:01.12Z';
const DATES = { created_at: CREATED, updated_at: UPDATED };
const DETAILS = {
  internal_port: 8000,
  response_time_ms: 2,
  proxy_url: URL_TEXT,
  container_port: 8000,
  container_image: 'mcp/echo:latest',
  ...DATES,
};

const CONTAINER = {
  id: 'c1',
  name: 'mcp-my-echo',
  service_name: 'My Echo',
  slug: 'my-echo-4cd9b767',
  image: 'mcp/echo:latest',
  status: 'running',
  port: 8000,
  url: URL_TEXT,
  host: 'http://localhost:7999',
  ...DATES,
  labels: { team: 'search' },
  environment: ENVIRONMENT,
  command: ['serve'],
};

const CHECK = {
  healthy: true,
  state: 'running',
  status: 'running',
  http_reachable: true,
  response_time: 1_500_000,
  container_id: 'c1',
  service_name: 'My Echo',
  details: DETAILS,
  timestamp: NOW,
};

/** Each answer, member by member as wire.md §1 lists them. */
test.each<[string, object, object]>([
  ['Container', toContainer(factsOf()), CONTAINER],
  [
    'InstanceResult',
    toInstanceResult(factsOf({ internalUrl: 'http://10.0.0.2:8000' })),
    {
      id: 'c1',
      name: 'My Echo',
      url: URL_TEXT,
      internal_url: 'http://10.0.0.2:8000',
      status: 'running',
      created_at: CREATED,
    },
  ],
  [
    'InstanceStatus',
    toInstanceStatus(factsOf(), NOW_MS),
    {
      id: 'c1',
      name: 'My Echo',
      service_name: 'My Echo',
      status: 'running',
      url: URL_TEXT,
      image: 'mcp/echo:latest',
      port: 8000,
      environment: ENVIRONMENT,
      labels: { team: 'search' },
      ...DATES,
      health_status: CHECK,
    },
  ],
  ['HealthCheckResult', toHealthCheck(factsOf(), NOW_MS), CHECK],
  [
    'HealthMap',
    toHealthMap(factsOf({ internalUrl: 'http://10.0.0.2:8000' }), NOW_MS),
    {
      service_name: 'My Echo',
      container_id: 'c1',
      container_status: 'running',
      healthy: true,
      http_reachable: true,
      response_time_ms: 2,
      timestamp: NOW,
      url: URL_TEXT,
      slug: 'my-echo-4cd9b767',
      details: { direct_http_endpoint: 'http://10.0.0.2:8000', ...DETAILS },
    },
  ],
  [
    'the health of a container',
    toContainerHealth(factsOf(), NOW_MS),
    {
      service: 'My Echo',
      status: 'running',
      healthy: true,
      health: 'healthy',
      timestamp: NOW,
      container: CONTAINER,
    },
  ],
  [
    'the detailed health of a container',
    toDetailedContainerHealth(factsOf(), NOW_MS),
    {
      container_id: 'c1',
      service_name: 'My Echo',
      status: 'running',
      healthy: true,
      http_reachable: true,
      response_time: 1_500_000,
      timestamp: NOW,
      details: { container_port: 8000, container_url: URL_TEXT, ...DATES },
    },
  ],
  [
    'the detailed health of an instance',
    toDetailedInstanceHealth(factsOf(), NOW_MS),
    {
      instance_id: 'c1',
      service_name: 'My Echo',
      status: 'running',
      healthy: true,
      http_reachable: true,
      response_time: 1_500_000,
      timestamp: NOW,
      details: { instance_port: 8000, instance_url: URL_TEXT, ...DATES },
    },
  ],
])('%s is answered member by member', (_name, body, members) => {
  expect(JSON.parse(JSON.stringify(body))).toEqual(members);
});

describe('the status of a container is', () => {
  test.each([
    ['Pending', 'validating', 'validating'],
    ['Starting', 'starting', 'starting'],
    ['Running', 'running', 'running'],
    ['Degraded', 'running', 'running'],
    ['Updating', 'running', 'starting'],
    ['RollingBack', 'running', 'starting'],
    ['Failed', 'running', 'error'],
    ['CrashLoop', 'running', 'error'],
    ['Stopped', 'stopped', 'stopped'],
    ['Paused', 'running', 'stopped'],
    ['Frozen', 'running', 'error'],
    ['Blocked', 'running', 'error'],
    ['NeedsAuth', 'running', 'running'],
    ['Removing', 'stopping', 'stopping'],
  ] as const)('for %s "%s" while it serves, else "%s"', (state, available, otherwise) => {
    const serving = factsOf({ status: statusOf(state, { available: true }) });
    expect(toContainer(serving).status).toBe(available);
    expect(toContainer(factsOf({ status: statusOf(state) })).status).toBe(otherwise);
  });
});

describe('a service that', () => {
  test('fails its checks runs, is not healthy, and says why', () => {
    const status = statusOf('Degraded', { cause: 'no answer in 10s' });

    expect(toHealthMap(factsOf({ status }), NOW_MS)).toMatchObject({
      container_status: 'running',
      healthy: false,
      http_reachable: false,
      error: 'no answer in 10s',
    });
    expect(toContainerHealth(factsOf({ status }), NOW_MS)).toMatchObject({ healthy: true });
  });

  test('answers and is not routed is reachable and not healthy', () => {
    const status = withPlace(statusOf('Degraded', { cause: 'not routed' }));

    expect(toHealthCheck(factsOf({ status }), NOW_MS)).toMatchObject({
      healthy: false,
      http_reachable: true,
      error: 'not routed',
    });
  });

  test('does not run says so where nothing else is known', () => {
    const status = statusOf('Stopped');

    expect(toHealthCheck(factsOf({ status }), NOW_MS)).toMatchObject({
      healthy: false,
      error: 'Container is not running',
    });
    expect(toContainerHealth(factsOf({ status }), NOW_MS)).toMatchObject({
      healthy: false,
      health: 'unhealthy',
    });
  });

  test('runs and is not reached says so where nothing else is known', () => {
    expect(toHealthCheck(factsOf({ status: statusOf('Degraded') }), NOW_MS).error).toBe(
      'HTTP endpoint not reachable',
    );
  });

  test('has no container yet has the id by which it is found, and leaves out what is not known', () => {
    const { containerId: _none, createdAtMs: _unknown, ...facts } = factsOf();
    const pending = { ...facts, status: statusOf('Pending', { name: DESIRED.name }) };

    expect(toContainer(pending)).toMatchObject({ id: 'i1', created_at: '0001-01-01T00:00:00Z' });
    expect(toContainer(pending)).not.toHaveProperty('url');
    expect(toHealthMap(pending, NOW_MS)).toMatchObject({ container_id: '', url: '' });
    expect(toHealthCheck(pending, NOW_MS)).not.toHaveProperty('container_id');
    expect(toInstanceStatus(pending, NOW_MS)).not.toHaveProperty('health_status');
  });

  test('was written by a person is known by its name in documents', () => {
    const desired = wanted('echo', { spec: { command: [] } });

    expect(toContainer(factsOf({ desired }))).toMatchObject({
      service_name: 'echo',
      name: 'mcp-echo',
      image: '',
    });
    for (const member of ['labels', 'environment', 'command']) {
      expect(toContainer(factsOf({ desired }))).not.toHaveProperty(member);
    }
  });

  test('has one variable and one label shows them', () => {
    const desired = wanted('echo', { labels: { a: 'b' }, spec: { env: { C: 'd' } } });

    expect(toContainer(factsOf({ desired }))).toMatchObject({
      labels: { a: 'b' },
      environment: { C: 'd' },
    });
  });

  test('nobody declares any more is known by what its status says', () => {
    const status = statusOf('Removing', { name: 'old', image: 'a', labels: { team: 'x' } });
    const { desired: _gone, ...facts } = factsOf({ status });

    expect(toContainer(facts)).toMatchObject({
      service_name: 'old',
      image: 'a',
      status: 'stopping',
      labels: { team: 'x' },
    });
  });
});

test('no answer holds a secret', () => {
  const facts = factsOf();
  const answers = [
    toContainer(facts),
    toInstanceResult(facts),
    toInstanceStatus(facts, NOW_MS),
    toContainerHealth(facts, NOW_MS),
  ];

  expect(JSON.stringify(answers)).not.toMatch(/hunter2|file:core|secret_ref/);
});
