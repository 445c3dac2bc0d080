import { Validator } from '@seriousme/openapi-schema-validator';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Description } from '../../scripts/client-schema.ts';
import { findStaleApi } from '../../scripts/generate-api.ts';
import { createApp } from '../../src/http/app.ts';
import { ACCESS } from '../../src/model/access.ts';
import { createFakeControl } from './fake-control.ts';
import { fakePlatform } from './fake-inspection.ts';
import { serveGuarded } from './guarded-app.ts';

const app = createApp({
  control: createFakeControl(),
  log: console,
  version: '1.2.3',
  platform: fakePlatform(),
});

describe('the description of the API', () => {
  let description: Description;
  beforeAll(async () => {
    description = (await app.inject('/openapi.json')).json();
  });

  test('names every route that may be called, and no other', () => {
    const described = Object.entries(description.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const routes = Object.keys(ACCESS).map((route) => route.replaceAll(/:(\w+)/g, '{$1}'));
    expect(described.toSorted()).toEqual(routes.toSorted());
  });

  test('says of each what it is called, what it is for, and what it answers when all is well', () => {
    const operations = Object.values(description.paths).flatMap((path) => Object.values(path));
    for (const { operationId, summary, responses } of operations) {
      expect(summary, operationId).toMatch(/^[A-Z].*[^.]$/);
      expect(Object.keys(responses).join(), operationId).toMatch(/[23]\d\d/);
    }
    const names = operations.map(({ operationId }) => operationId);
    expect(names).toEqual([...new Set(names)]);
  });

  test.each([
    ['/containers', 'post', 'CreateContainerRequest', ['service_name']],
    ['/containers/{service}/start', 'post', 'StartContainerRequest', undefined],
    ['/containers/validate', 'post', 'ValidateContainerRequest', undefined],
    [
      '/instances',
      'post',
      'CreateInstanceRequest',
      ['instance_id', 'name', 'service_name', 'workspace_id'],
    ],
    ['/instances/{id}', 'put', 'UpdateInstanceRequest', undefined],
    ['/instances/validate', 'post', 'ValidateInstanceRequest', undefined],
  ])('says what is sent to %s', (path, method, name, required) => {
    expect(description.paths[path]?.[method]).toMatchObject({
      requestBody: {
        content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } },
      },
    });
    const schema = description.components.schemas[name];
    expect(schema).toHaveProperty('properties');
    expect({ required: undefined, ...schema }).toMatchObject({ required });
  });

  test('is OpenAPI 3.1', async () => {
    expect(await new Validator().validate({ ...description })).toEqual({ valid: true });
    expect(description).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' } });
  });

  test('is the same as YAML', async () => {
    const answer = await app.inject('/openapi.yaml');
    expect(answer.headers['content-type']).toContain('application/yaml');
    expect(parse(answer.body)).toEqual(description);
  });

  test('is the one in the repository, and the types of the client are made from it', async () => {
    expect(await findStaleApi()).toEqual([]);
  });
});

describe('the page for people', () => {
  test('is where one comes out without a path', async () => {
    const answer = await app.inject('/');
    expect(answer.statusCode).toBe(302);
    expect(answer.headers['location']).toBe('/docs');
  });

  test('asks no other host for anything, and all that it names is there', async () => {
    const page = (await app.inject('/docs')).body;
    const named = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);
    expect(named).toHaveLength(3);
    for (const path of named) {
      expect((await app.inject(`/${path}`)).statusCode, path).toBe(200);
    }
    expect((await app.inject('/docs/start.js')).body).toContain("url: 'openapi.json'");
    expect(page).not.toMatch(/https?:/);
  });

  test('runs no script that stands in it, and can be framed by nobody', async () => {
    const { ask } = await serveGuarded();
    const policy = (await ask('/docs')).headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(await (await ask('/docs')).text()).not.toMatch(/<script>|\son\w+=/);
  });

  test.each(['/docs/none', '/docs/../package.json', '/docs/%2e%2e/package.json'])(
    'has no %s',
    async (path) => {
      expect((await app.inject(path)).statusCode).toBe(404);
    },
  );
});
