import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { startMemoryManager } from '../helpers/memory-manager.ts';
import { serveGuarded } from '../http/guarded-app.ts';
import { fromSchema, type Schema } from './from-schema.ts';

/** As many as fit into some seconds; a thorough run sets more. */
const wantedRuns = process.env['PROPERTY_RUNS'];
const NUM_RUNS = Number(wantedRuns ?? 400);
/** A thorough run goes to its end, and says how far it came if it cannot. */
const LONGEST_MS = wantedRuns === undefined ? 15_000 : 900_000;

const DOCUMENT = `apiVersion: mcp-manager/v1
services:
  echo:
    image: docker.io/library/x:1
    platform: {workspaceId: w1}
`;

test(
  'no request makes the API fail, and every answer is one that its description tells of',
  { timeout: LONGEST_MS + 60_000 },
  async () => {
    const { manager } = await startMemoryManager({
      atEnd: onTestFinished,
      documents: { 'echo.yaml': DOCUMENT },
    });
    const { control, inspection } = manager;
    const served = await serveGuarded({
      control,
      guard: { mostRequests: 1_000_000 },
      platform: { inspection, startupMs: 20, limit: {} },
    });
    const tokens = await Promise.all([
      served.makeToken({ role: 'read' }),
      served.makeToken({ role: 'write' }),
      served.makeToken({ role: 'admin' }),
      served.makeToken({ role: 'admin', workspace: 'w1' }),
      served.makeToken({ role: 'admin', workspace: 'w2' }),
    ]);
    const description: Schema = (await served.app.inject('/openapi.json')).json();
    const check = createCheck(description);
    const requests = fc.oneof(
      ...operationsOf(description).map((one) => toRequests(one, description)),
    );
    const asked = fc.asyncProperty(
      requests,
      fc.constantFrom(undefined, ...tokens),
      async (asking, token) => {
        const answer = await inject(served.app, asking, token);
        expect(check(asking.operation, answer), JSON.stringify(asking.request)).toEqual([]);
      },
    );
    await fc.assert(asked, {
      numRuns: NUM_RUNS,
      interruptAfterTimeLimit: LONGEST_MS,
      markInterruptAsFailure: wantedRuns !== undefined,
    });
  },
);

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly schema: Schema;
}

interface Asking {
  readonly operation: Operation;
  readonly request: InjectOptions;
}

function operationsOf({ paths }: Schema): readonly Operation[] {
  return Object.entries<Schema>(paths).flatMap(([path, methods]) =>
    Object.entries<Schema>(methods).map(([method, schema]) => ({ method, path, schema })),
  );
}

/** Requests as the description wants them, and some that are broken in one place. */
function toRequests(operation: Operation, root: Schema): fc.Arbitrary<Asking> {
  const { method, path, schema } = operation;
  const parameters: readonly Schema[] = schema['parameters'] ?? [];
  const of = (place: string) =>
    fc.record(
      Object.fromEntries(
        parameters
          .filter((one) => one['in'] === place)
          .map(({ name, schema: own }) => [name, mostly(fromSchema(own, root), wrongText)]),
      ),
      place === 'path' ? {} : { requiredKeys: [] },
    );
  const body: Schema | undefined = schema['requestBody']?.content?.['application/json']?.schema;
  const payload = body ? mostly(fromSchema(body, root), fc.jsonValue()) : someBody(method);
  return fc
    .record({ path: inPath(of('path')), query: of('query'), header: of('header'), payload })
    .map(({ path: names, query, header, payload: sent }) => ({
      operation,
      request: {
        method: METHODS[method] ?? 'GET',
        url: `${fill(path, names)}${toQuery(query)}`,
        headers: {
          ...clean(header),
          ...(sent !== undefined && { 'content-type': 'application/json' }),
        },
        ...(sent !== undefined && { payload: JSON.stringify(sent) }),
      },
    }));
}

const METHODS: Readonly<Record<string, 'POST' | 'PUT' | 'PATCH' | 'DELETE'>> = {
  post: 'POST',
  put: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
};

const wrongText = fc.oneof(fc.string(), fc.constantFrom('..', '%2f', 'ａ', '', 'a'.repeat(300)));

/** Often the service that is there. */
function inPath(names: fc.Arbitrary<Schema>): fc.Arbitrary<Schema> {
  return fc.tuple(names, fc.boolean()).map(([found, isThere]) => {
    if (!isThere) return found;
    return Object.fromEntries(Object.keys(found).map((name) => [name, 'echo']));
  });
}

function mostly<Value>(right: fc.Arbitrary<Value>, wrong: fc.Arbitrary<unknown>) {
  return fc.oneof({ arbitrary: right, weight: 6 }, { arbitrary: wrong, weight: 1 });
}

/** The platform's routes read their bodies themselves. */
function someBody(method: string): fc.Arbitrary<unknown> {
  if (method === 'get' || method === 'delete') return fc.constant(undefined);
  const name = fc.constantFrom('echo', 'Other one', '', '..');
  const create = fc.record(
    {
      service_name: name,
      instance_id: name,
      name,
      workspace_id: fc.constantFrom('w1', 'w2'),
      image: fc.constantFrom('x:1', ''),
      port: fc.constantFrom(8000, 0, 'x'),
      template: name,
      environment: fc.dictionary(fc.string({ maxLength: 5 }), fc.string({ maxLength: 5 }), {
        maxKeys: 2,
      }),
    },
    { requiredKeys: [] },
  );
  return fc.oneof(create, fc.constant(undefined), fc.jsonValue());
}

function fill(pattern: string, names: Schema): string {
  return pattern.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(names[name]).toWellFormed();
    // An empty one, and steps in a path, would be another route.
    return /^\.{0,2}$/.test(value) ? 'x' : encodeURIComponent(value);
  });
}

/** What follows for ever is not followed here. */
function toQuery(query: Schema): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value].flat())
      search.append(name, name === 'follow' ? 'false' : String(one));
  }
  return search.size === 0 ? '' : `?${search.toString()}`;
}

/** Headers are Latin text in one line. */
function clean(header: Schema): Record<string, string> {
  const pairs = Object.entries(header).map(([name, value]) => [
    name,
    String(value).replaceAll(/[^ -~]/g, ''),
  ]);
  return Object.fromEntries(pairs);
}

function inject(app: FastifyInstance, { request }: Asking, token: string | undefined) {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return app.inject({
    ...request,
    headers: { host: 'localhost', ...request.headers, ...authorization },
  });
}

/** What speaks against an answer, in words. */
function createCheck(description: Schema) {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(description, 'api');

  return (
    { method, path, schema }: Operation,
    answer: LightMyRequestResponse,
  ): readonly string[] => {
    const { statusCode, headers, body } = answer;
    const name = `${method} ${path} ${statusCode}`;
    const documented: Schema | undefined = schema['responses'][statusCode];
    if (statusCode === 500 || !documented) return [`${name}: ${body.slice(0, 300)}`];
    const content: Schema = documented['content'] ?? {};
    const [type = ''] = (headers['content-type'] ?? '').split(';');
    if (Object.keys(content).length === 0) return body === '' ? [] : [`${name}: a body`];
    if (!content[type]) return [`${name}: answered as ${type}`];
    const keys = ['paths', path, method, 'responses', `${statusCode}`, 'content', type, 'schema'];
    const pointer = keys.map((key) =>
      encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1')),
    );
    const validate = ajv.getSchema(`api#/${pointer.join('/')}`);
    const values = type.endsWith('ndjson') ? body.split('\n').filter(Boolean) : [body];
    return values.flatMap((text) => {
      if (!type.endsWith('json') || /"problem":/.test(text.slice(0, 12))) return [];
      return validate?.(JSON.parse(text)) === true
        ? []
        : [`${name}: ${ajv.errorsText(validate?.errors)} in ${text.slice(0, 300)}`];
    });
  };
}
