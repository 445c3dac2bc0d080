import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import planSchema from '../../schemas/plan.schema.json' with { type: 'json' };
import statusSchema from '../../schemas/status.schema.json' with { type: 'json' };
import type { Action } from '../../src/model/plan-document.ts';
import type { ServiceState } from '../../src/model/status.ts';
import { toPlanDocument } from '../../src/plan/document.ts';
import { completePlan, completeStatus } from './golden/complete.ts';
import { samples } from './golden/samples.ts';

const checkPlan = compile(planSchema);
const checkStatus = compile(statusSchema);

describe.each(Object.entries(samples))('The document of the plan %s', (_name, { plan, facts }) => {
  test('follows the published schema once written and read', () => {
    const document: unknown = JSON.parse(JSON.stringify(toPlanDocument(plan, facts)));
    expect(mistakesIn(document, checkPlan)).toEqual([]);
  });
});

test('The schemas describe every member that the types have, and no other', () => {
  expect(mistakesIn(completePlan, checkPlan)).toEqual([]);
  expect(mistakesIn(completeStatus, checkStatus)).toEqual([]);
  expect(mistakesIn(completePlan, compile(closed(planSchema)))).toEqual([]);
  expect(mistakesIn(completeStatus, compile(closed(statusSchema)))).toEqual([]);
  expect(mistakesIn(completePlan, compile(demanding(planSchema)))).toEqual([]);
  expect(mistakesIn(completeStatus, compile(demanding(statusSchema)))).toEqual([]);
});

test('Every word of a closed set is in the schema', () => {
  const actions: Readonly<Record<Action, true>> = {
    'no-op': true,
    create: true,
    update: true,
    delete: true,
    forget: true,
    import: true,
  };
  const states: Readonly<Record<ServiceState, true>> = {
    Pending: true,
    Starting: true,
    Running: true,
    Degraded: true,
    Updating: true,
    RollingBack: true,
    Failed: true,
    CrashLoop: true,
    Stopped: true,
    Paused: true,
    Frozen: true,
    Blocked: true,
    NeedsAuth: true,
    Removing: true,
  };
  const { change } = planSchema.$defs.change.properties;
  expect(change.properties.actions.items.enum).toEqual(Object.keys(actions));
  expect(statusSchema.$defs.service.properties.state.enum).toEqual(Object.keys(states));
});

test('A later minor version with more members is accepted, another major version is not', () => {
  expect(mistakesIn({ ...completePlan, formatVersion: '1.7', more: 1 }, checkPlan)).toEqual([]);
  expect(mistakesIn({ ...completePlan, formatVersion: '2.0' }, checkPlan)).not.toEqual([]);
});

test('Every member of both schemas carries a description', () => {
  expect(undescribed(planSchema)).toEqual([]);
  expect(undescribed(statusSchema)).toEqual([]);
});

type Schema = Readonly<Record<string, unknown>>;

function compile(schema: Schema): ValidateFunction {
  return new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema);
}

function mistakesIn(document: unknown, check: ValidateFunction): readonly string[] {
  check(document);
  return (check.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

/** The schema with a change to each object type in it. */
function rewrite(schema: unknown, change: (object: Schema) => Schema): unknown {
  if (Array.isArray(schema)) return schema.map((item) => rewrite(item, change));
  if (!isSchema(schema)) return schema;
  const members = Object.entries(schema).map(([key, value]) => [key, rewrite(value, change)]);
  const rewritten: Schema = Object.fromEntries(members);
  return isSchema(schema['properties']) && schema['type'] === 'object'
    ? change(rewritten)
    : rewritten;
}

function closed(schema: Schema): Schema {
  return asSchema(rewrite(schema, (object) => ({ ...object, additionalProperties: false })));
}

function demanding(schema: Schema): Schema {
  return asSchema(
    rewrite(schema, (object) => ({
      ...object,
      required: Object.keys(asSchema(object['properties'])),
    })),
  );
}

function undescribed(schema: Schema): readonly string[] {
  const missing: string[] = [];
  rewrite(schema, (object) => {
    for (const [name, member] of Object.entries(asSchema(object['properties']))) {
      const { description, $ref } = asSchema(member);
      if (description === undefined && $ref === undefined) missing.push(name);
    }
    return object;
  });
  return missing;
}

function asSchema(value: unknown): Schema {
  return isSchema(value) ? value : {};
}

function isSchema(value: unknown): value is Schema {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
