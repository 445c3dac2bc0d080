import { describe, expect, test } from 'vitest';
import type { Policy } from '../../src/desired/policy.ts';
import { ECHO, fleet, memoryLoader, setOf } from './load-texts.ts';

interface Given {
  readonly runtime?: string;
  readonly file?: string;
  readonly policy?: Partial<Policy>;
}

/** A template whose command takes a parameter. */
const ROOTED = JSON.stringify({
  image: 'x',
  command: ['serve', '${root}'],
  parameters: { properties: { root: { type: 'string', default: '/srv' } } },
});

describe('what an operator allows', () => {
  function refusals(service: string, { runtime, file = 'a.yaml', policy }: Given) {
    const texts = { [file]: fleet(`  a: ${service}\n`) };
    const set = setOf(texts, { 'echo.json': ECHO, 'rooted.json': ROOTED });
    return memoryLoader(policy, runtime)(set).problems.map(({ code }) => code);
  }

  test.each<[string, Given]>([
    ['{image: x, user: root}', { policy: { allowRoot: true } }],
    ['{image: "ghcr.io/a/b:1"}', { policy: { allowedImages: ['ghcr.io/a'] } }],
    ['{image: "ghcr.io/a/b:1"}', { policy: { allowedImages: ['ghcr.io/*/b:*'] } }],
    [
      '{image: x, volumes: [{source: /srv/a/b, destination: /d}]}',
      { policy: { allowedVolumeRoots: ['/srv/a'] } },
    ],
    [
      '{command: [x]}',
      { file: 'api/a.yaml', runtime: 'process', policy: { allowHostCommands: true } },
    ],
    [
      '{template: echo, with: {greeting: x}, env: {GREETING: x}}',
      { file: 'api/a.yaml', runtime: 'process' },
    ],
    ['{image: x, replicas: 11}', {}],
    ['{image: x, replicas: 11}', { file: 'core/a.yaml', policy: { maxReplicas: 11 } }],
    ['{template: rooted, with: {root: /srv}}', { file: 'api/a.yaml', runtime: 'process' }],
    ['{template: rooted, with: {root: /}}', { file: 'api/a.yaml' }],
    ['{template: rooted, with: {root: /}}', { file: 'a.yaml', runtime: 'process' }],
  ])('%s passes', (service, given) => {
    expect(refusals(service, given)).toEqual([]);
  });

  test.each<[string, Given]>([
    ['{image: x, user: "0:0"}', {}],
    ['{image: x, user: "00"}', {}],
    ['{image: "ghcr.io/abc/b"}', { policy: { allowedImages: ['ghcr.io/a'] } }],
    [
      '{image: x, volumes: [{source: /srv/ab, destination: /d}]}',
      { policy: { allowedVolumeRoots: ['/srv/a'] } },
    ],
    [
      '{image: x, volumes: [{source: /run/podman, destination: /d}]}',
      { policy: { allowedVolumeRoots: ['/'] } },
    ],
    ['{image: x, replicas: 11}', { file: 'api/a.yaml' }],
    ['{image: x, replicas: 4}', { policy: { maxReplicas: 3 } }],
    ['{image: x, resources: {memory: 1Gi}}', { policy: { maxMemoryBytes: 1_000 } }],
    ['{command: [x]}', { file: 'api/a.yaml', runtime: 'process' }],
    ...[
      '{template: echo, env: {NODE_OPTIONS: x}}',
      '{template: echo, env: {UV_INDEX_URL: "https://x"}}',
      '{template: echo, env: {LOG_LEVEL: x}}',
    ].map((service): [string, Given] => [service, { file: 'core/a.yaml', runtime: 'process' }]),
    ['{template: rooted, with: {root: /}}', { file: 'core/a.yaml', runtime: 'process' }],
  ])('%s is refused', (service, given) => {
    expect(refusals(service, given)).toEqual(['REFUSED_BY_POLICY']);
  });
});
