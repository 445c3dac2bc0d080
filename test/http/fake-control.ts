import { setTimeout as pause } from 'node:timers/promises';
import type { Answers } from '../../src/access-ports.ts';
import type { ApiControl } from '../../src/api-control.ts';
import type { ApplyResult, Health, ImportDraft, ToolReport } from '../../src/control.ts';
import type { Declared } from '../../src/model/declaration.ts';
import type { CloudEvent } from '../../src/model/event.ts';
import type { JournalEntry } from '../../src/model/journal.ts';
import type { PlanDocument } from '../../src/model/plan-document.ts';
import type { WrittenTemplate } from '../../src/model/template.ts';
import type { ToolResult } from '../../src/model/tool-result.ts';
import type { ServiceStatus } from '../../src/model/status.ts';
import { START_MS } from '../helpers/services.ts';

/** Keeps nothing. */
export const NO_ANSWERS: Answers = { find: () => undefined, keep: async () => {} };

/** What a Control was asked, in order: the method's name and its arguments without the signal. */
export type Call = readonly [method: keyof ApiControl, ...args: unknown[]];

export interface FakeControl extends ApiControl {
  readonly calls: Call[];
}

/** A Control with fixed answers that notes every call; any method can be replaced. */
export function createFakeControl(replaced: Partial<ApiControl> = {}): FakeControl {
  const calls: Call[] = [];
  const note = (...call: Call): void => void calls.push(call);
  const control: ApiControl = { ...fixedAnswers(), ...replaced };
  return {
    calls,
    health: () => (note('health'), control.health()),
    status: () => (note('status'), control.status()),
    plan: (request) => (note('plan', request), control.plan(request)),
    drift: (service) => (note('drift', service), control.drift(service)),
    apply: (request, signal) => (note('apply', request), control.apply(request, signal)),
    ask: (command) => (note('ask', command), control.ask(command)),
    draftImport: (request) => (note('draftImport', request), control.draftImport(request)),
    importContainer: (request) => (
      note('importContainer', request),
      control.importContainer(request)
    ),
    wake: (names) => (note('wake', names), control.wake(names)),
    events: (query, signal) => (note('events', query), control.events(query, signal)),
    logs: (name, wanted, signal) => (
      note('logs', name, wanted),
      control.logs(name, wanted, signal)
    ),
    tools: (name) => (note('tools', name), control.tools(name)),
    callTool: (request) => (note('callTool', request), control.callTool(request)),
    recordedTools: () => (note('recordedTools'), control.recordedTools()),
    approveTools: (service) => (note('approveTools', service), control.approveTools(service)),
    releases: (service) => (note('releases', service), control.releases(service)),
    history: (query) => (note('history', query), control.history(query)),
    declared: (service) => (note('declared', service), control.declared(service)),
    declare: (request) => (note('declare', request), control.declare(request)),
    templates: () => (note('templates'), control.templates()),
    template: (name) => (note('template', name), control.template(name)),
    writeTemplate: (write) => (note('writeTemplate', write), control.writeTemplate(write)),
    renderTemplate: (wanted) => (note('renderTemplate', wanted), control.renderTemplate(wanted)),
    transfer: (request) => (note('transfer', request), control.transfer(request)),
  };
}

function fixedAnswers(): ApiControl {
  return {
    health: async () => someHealth(),
    status: async () => ({ services: [someStatus('echo')], problems: [], leftAlone: [] }),
    plan: async () => somePlan(),
    drift: async () => [],
    async *apply() {
      yield { kind: 'event', event: someEvent(1) };
      yield { kind: 'result', result: someResult() };
    },
    ask: async () => {},
    draftImport: async () => someDraft(),
    importContainer: async () => {},
    wake: async () => {},
    async *events({ follow }, signal) {
      yield someEvent(1);
      yield someEvent(2);
      if (follow) await untilAborted(signal);
    },
    async *logs() {
      yield { atMs: START_MS, stream: 'stdout', text: 'hello' };
    },
    tools: async () => someTools(),
    callTool: async () => someAnswer(),
    recordedTools: async () => [{ service: 'echo', release: 'r1-a', tools: { echo: 't1-a' } }],
    approveTools: async (service) => ({ service, tools: 1 }),
    releases: async () => [{ release: 'r1-a', atMs: 0, standing: 'running' }],
    history: async () => [someEntry()],
    declared: async () => someDeclared(),
    declare: async () => ({
      kind: 'changed',
      declared: { ...someDeclared(), file: 'api/echo.yaml' },
    }),
    templates: async () => [someTemplate()],
    template: async () => someTemplate(),
    writeTemplate: async () => ({ kind: 'changed', template: someTemplate() }),
    renderTemplate: async ({ name }) => ({ name, runtime: 'memory', fields: {}, requiredEnv: [] }),
    transfer: async () => ({
      kind: 'changed',
      declared: { ...someDeclared(), file: 'api/echo.yaml' },
    }),
  };
}

function someTemplate(): WrittenTemplate {
  const text = '{"image":"x"}';
  return { name: 'plain', file: 'plain.json', etag: 't1-a', problems: [], text };
}

export function someDeclared(): Declared {
  const place = { file: 'api/echo.yaml', line: 5, column: 3 };
  return { service: 'echo', origin: 'api', place, fields: { image: 'x' }, etag: 'e1-a' };
}

/** Resolves when the signal aborts; a test's deadline bounds it. */
export async function untilAborted(signal: AbortSignal): Promise<void> {
  await pause(60_000, undefined, { signal, ref: false }).catch(() => {});
}

export function someHealth(overrides: Partial<Health> = {}): Health {
  return {
    managerId: 'blue',
    version: '1.2.3',
    pid: 42,
    mode: 'auto',
    runtime: 'memory',
    stateFolder: '/state',
    startedAtMs: START_MS,
    troubles: [],
    harmless: [],
    ...overrides,
  };
}

export function someStatus(name: string, overrides: Partial<ServiceStatus> = {}): ServiceStatus {
  return {
    name,
    state: 'Running',
    cause: '',
    conditions: [{ type: 'Verified', status: 'True', reason: 'Verified', message: '1 tool' }],
    runtime: 'memory',
    origin: 'file',
    labels: { team: 'search' },
    url: `http://127.0.0.1:7999/mcp/${name}`,
    era: 'modern',
    tools: 1,
    startedAtMs: START_MS,
    restarts: 0,
    ...overrides,
  };
}

export function somePlan(overrides: Partial<PlanDocument> = {}): PlanDocument {
  return {
    formatVersion: '1.0',
    planId: 'p-1',
    managerId: 'blue',
    createdAt: new Date(START_MS).toISOString(),
    changes: [],
    drift: [],
    problems: [],
    waiting: [],
    summary: { create: 0, update: 0, replace: 0, remove: 0, forget: 0, import: 0, blocked: 0 },
    basis: {},
    ...overrides,
  };
}

export function someDraft(overrides: Partial<ImportDraft> = {}): ImportDraft {
  return {
    containerId: 'c0ffee',
    containerName: 'old-echo',
    file: 'echo.yaml',
    text: 'apiVersion: mcp-manager/v1\nservices:\n  echo:\n    adopt: c0ffee\n',
    secrets: [{ variable: 'API_KEY', reference: 'file:echo/API_KEY' }],
    notes: ['it has no limit of memory: then the default'],
    plan: somePlan(),
    ...overrides,
  };
}

export function someEvent(number: number, overrides: Partial<CloudEvent> = {}): CloudEvent {
  return {
    specversion: '1.0',
    id: `producer/${number}`,
    source: 'mcp-manager/blue',
    type: 'io.mcpmanager.service.started',
    subject: 'echo',
    time: new Date(START_MS).toISOString(),
    datacontenttype: 'application/json',
    data: {},
    sequence: String(number),
    ...overrides,
  };
}

export function someResult(overrides: Partial<ApplyResult> = {}): ApplyResult {
  return { outcome: 'converged', services: [someStatus('echo')], stale: [], ...overrides };
}

export function someEntry(overrides: Partial<JournalEntry> = {}): JournalEntry {
  return {
    id: 'i-1',
    service: 'echo',
    kind: 'create',
    target: 'mcp-echo-12345678-1',
    cause: 'new',
    planId: 'p-1',
    atMs: START_MS,
    result: 'done',
    endedAtMs: START_MS + 20,
    ...overrides,
  };
}

export function someTools(): ToolReport {
  const echo = { name: 'echo', inputSchema: { type: 'object' }, standing: 'approved' } as const;
  return { service: 'echo', release: 'r1-a', lock: 'warn', tools: [echo], missing: ['gone'] };
}

export function someAnswer(): ToolResult {
  return { isError: false, text: 'hi', content: [{ type: 'text', text: 'hi' }] };
}
