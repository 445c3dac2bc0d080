import { expect, test } from 'vitest';
import { toTemplate } from '../../src/platform/template-body.ts';

const template = (written: unknown) => toTemplate('echo', JSON.stringify(written));

test('a template of the first generation is as it is written, under the name of its file', () => {
  const written = {
    description: 'Nginx web server',
    image: 'nginx:alpine',
    port: 80,
    environment: { NGINX_PORT: '80' },
    labels: { app: 'nginx' },
    command: ['nginx'],
    volumes: [{ source: 'a', destination: '/a', read_only: true }],
    memory_limit: '256m',
    cpu_limit: '0.5',
  };
  expect(template({ name: 'other', ...written })).toEqual({ name: 'echo', ...written });
});

test('a template in our own spelling is told in that of the platform', () => {
  const env = { LEVEL: 'info', API_KEY: 'planted', DB: { secret: 'file:db' } };
  const volumes = [{ name: 'data', destination: '/data', readOnly: true }];
  expect(template({ env, volumes, resources: { memory: '1Gi', cpu: 2 } })).toEqual({
    name: 'echo',
    environment: { LEVEL: 'info', API_KEY: '[REDACTED]', DB: '[REDACTED]' },
    volumes: [{ source: 'data', destination: '/data', read_only: true }],
    memory_limit: '1Gi',
    cpu_limit: '2',
  });
});

test('both forms of the README are read', () => {
  const defaults = { image: 'a:1', port: 8000, environment: { A: 'b' }, cpu_limit: '1' };
  expect(template({ default_config: defaults })).toEqual({ name: 'echo', ...defaults });
  expect(template({ image: 'a:1', volumes: { './app': '/app' } })).toMatchObject({
    volumes: [{ source: './app', destination: '/app', read_only: false }],
  });
});

test.each(['', '[]', '{"image":', 'null'])('%s is no template', (text) => {
  expect(toTemplate('echo', text)).toBeUndefined();
});
