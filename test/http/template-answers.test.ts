import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, expect, test } from 'vitest';
import type { Description } from '../../scripts/client-schema.ts';
import { createApp } from '../../src/http/app.ts';
import { isRecord } from '../../src/model/record.ts';
import { createFakeControl } from './fake-control.ts';
import { fakePlatform } from './fake-inspection.ts';

const FULL = JSON.stringify({
  description: 'all that there is',
  image: 'x:1',
  port: 8000,
  environment: { GREETING: 'Echo' },
  labels: { team: 'a' },
  command: ['serve'],
  volumes: { data: '/data' },
  memory_limit: '256m',
  cpu_limit: 0.5,
});
const problem = { file: 'full.json', line: 1, column: 2, code: 'X', message: 'no', hint: 'yes' };
const entry = {
  name: 'full',
  description: 'x',
  file: 'full.json',
  etag: 't1',
  problems: [problem],
};
const app = createApp({
  control: createFakeControl({
    templates: async () => [entry],
    renderTemplate: async () => ({
      name: 'full',
      runtime: 'memory',
      fields: { image: 'x:1' },
      requiredEnv: ['API_KEY'],
    }),
  }),
  log: console,
  version: '1.2.3',
  platform: fakePlatform([], { templates: async () => [{ file: 'full.json', text: FULL }] }),
});
afterAll(async () => {
  await app.close();
});

test.each([
  ['GET', '/templates'],
  ['GET', '/templates/{template}'],
  ['GET', '/v1/templates'],
  ['POST', '/v1/templates/{template}/render'],
] as const)(
  '%s %s answers what its description tells of, and nothing else',
  async (method, path) => {
    const description: Description = (await app.inject('/openapi.json')).json();
    const operation = description.paths[path]?.[method.toLowerCase()];
    const schema = operation?.responses['200']?.content?.['application/json']?.schema;
    const { components } = description;
    const check = new Ajv2020({ strict: false }).compile(closed({ ...schema, components }));
    const url = path.replace('{template}', 'full');
    const answer = await app.inject({ method, url, ...(method === 'POST' && { payload: {} }) });
    check(answer.json());
    expect([answer.statusCode, check.errors]).toEqual([200, null]);
  },
);

/** The same schema, by which nothing may be there that it does not name; a map may have any names. */
function closed(schema: object): object {
  return JSON.parse(JSON.stringify(schema), (_key, value: unknown) => {
    if (!isRecord(value) || value['type'] !== 'object') return value;
    const isMap = 'additionalProperties' in value && !('properties' in value);
    return isMap ? value : { ...value, additionalProperties: false };
  });
}
