import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { toCloudEvent, type EventType, type NewEvent } from '../../src/model/event.ts';

const STEP = {
  step: 'create',
  target: 'mcp-echo-1a2b3c4d-1',
  reason: 'create_because_new',
  cause: 'new',
};
const PROBLEM = { file: 'echo.yaml', line: 3, column: 1, code: 'KEY_UNKNOWN', message: 'no' };

const REQUEST = {
  who: 'token:ci',
  from: '127.0.0.1',
  method: 'POST',
  route: '/v1/commands',
};

/** One of each type, with what usually comes with it. */
const DATA: Readonly<Record<EventType, Readonly<Record<string, unknown>>>> = {
  'plan.created': {
    changes: [{ service: 'echo', change: 'create', reason: 'create_because_new', cause: 'new' }],
  },
  'step.started': STEP,
  'step.completed': STEP,
  'step.failed': { ...STEP, code: 'PROGRAM_MISSING', message: 'no such program' },
  'service.created': STEP,
  'service.started': STEP,
  'service.verified': { instanceId: '1', outcome: 'verified', era: 'modern', tools: ['echo'] },
  'service.routed': { ...STEP, url: 'http://127.0.0.1:7999/mcp/echo' },
  'service.updated': {
    image: 'docker.io/library/nginx:1',
    imageId: 'sha256:a',
    cause: 'docker.io/library/nginx:1 is up to date: sha256:a',
  },
  'service.stopped': STEP,
  'service.removed': STEP,
  'service.failed': { state: 'CrashLoop', cause: 'exit 1', lastLog: ['boom'] },
  'service.rolledback': { release: 'r1-b', to: 'r1-a', cause: 'crashed: exit code 1' },
  'drift.detected': { signal: 'spec', path: 'resources.cpu', expected: '1', actual: '2' },
  'drift.healed': { signal: 'spec', path: 'resources.cpu' },
  'tools.changed': { added: ['a'], removed: [], toolsHash: 'abc' },
  'secret.rotated': {},
  'problem.found': { ...PROBLEM, text: 'echo.yaml:3:1 KEY_UNKNOWN no' },
  'problem.cleared': { text: 'echo.yaml:3:1 KEY_UNKNOWN no' },
  'document.edited': { file: 'api/echo.yaml' },
  'api.written': { ...REQUEST, result: 'done', status: 202 },
  'api.refused': { ...REQUEST, result: 'refused', status: 401, untold: 3 },
  'core.refused': { wish: 'create', instanceId: 'i1', name: 'My Echo', cause: 'no image' },
  'events.trimmed': { first: 1, last: 9, message: '9 events are no longer kept' },
};
const EVERY_TYPE = Object.keys(DATA).filter((key): key is EventType => key in DATA);

describe('An event', () => {
  const validate = compileSchema();

  it.each(EVERY_TYPE)('of type %s is as the schema says', (type) => {
    const data = DATA[type];
    const full: NewEvent = {
      type,
      timeMs: Date.UTC(2026, 10, 23),
      subject: 'echo',
      workspace: 'w1',
      data,
      planId: 'p1',
      revision: 'v1-0123456789abcdef01234567',
      origin: 'file',
      commit: '5c61eb0',
    };

    expect(errorsOf(validate, toEvent(full))).toEqual([]);
    expect(errorsOf(validate, toEvent({ type, timeMs: 0, data }))).toEqual([]);
  });

  it.each([
    ['without an id', { id: undefined }],
    ['with an id of another shape', { id: '42' }],
    ['with a type of somebody else', { type: 'com.example.thing' }],
    ['with a time that is none', { time: 'yesterday' }],
    ['with a sequence below 0', { sequence: '-1' }],
    ['with a failed step that has no code', { type: 'io.mcpmanager.step.failed', data: STEP }],
    ['with a step that has no target', { data: { step: 'start', cause: 'x' } }],
  ])('%s is refused', (_what, change) => {
    const event = toEvent({ type: 'step.started', timeMs: 0, data: STEP });

    expect(errorsOf(validate, { ...event, ...change })).not.toEqual([]);
  });

  it('of a later release is still an event', () => {
    const event = toEvent({ type: 'step.started', timeMs: 0, data: {} });

    const later = { ...event, type: 'io.mcpmanager.moon.risen', color: 'red' };

    expect(errorsOf(validate, later)).toEqual([]);
  });
});

function toEvent(event: NewEvent) {
  const producer = '0b9e6a52-3a53-4b43-9a52-0d7b6a1f3c11';
  return toCloudEvent(event, { producer, number: 42, sequence: 7, source: '/mcp-manager/test' });
}

function compileSchema(): ValidateFunction {
  const file = join(import.meta.dirname, '../../schemas/event.schema.json');
  const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true });
  addFormats.default(ajv);
  return ajv.compile(JSON.parse(readFileSync(file, 'utf8')));
}

/** As a reader gets it: through JSON. */
function errorsOf(validate: ValidateFunction, event: unknown): readonly unknown[] {
  return validate(JSON.parse(JSON.stringify(event))) ? [] : (validate.errors ?? []);
}
