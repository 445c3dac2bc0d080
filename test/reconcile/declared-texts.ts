import { openStore } from '../../src/adapters/sqlite/store.ts';
import type { ServiceLimit } from '../../src/model/service-limit.ts';
import type { DeclareRequest } from '../../src/model/declaration.ts';
import { createDeclarer } from '../../src/desired/declare.ts';
import { createChecks, createLoader } from '../../src/desired/load.ts';
import { AppError } from '../../src/errors.ts';
import type { SecretState } from '../../src/model/secret.ts';
import type { Documents, Secrets } from '../../src/ports.ts';
import { createDeclareControl } from '../../src/reconcile/control-declare.ts';
import { type BatchOptions, createDeclareBatch } from '../../src/reconcile/declare-batch.ts';
import { createJustDeclared } from '../../src/reconcile/just-declared.ts';
import { createOneAtATime } from '../../src/reconcile/one-at-a-time.ts';
import { somePlan } from '../http/fake-control.ts';

const POLICY = { allowRoot: false, allowedImages: [], allowedVolumeRoots: ['/srv'] };
export const SETTINGS = { runtime: 'memory', runtimes: ['memory'], policy: POLICY };

/** As a manager reads its settings: its documents are held to the same limit. */
function settingsWith({ most }: ServiceLimit) {
  const policy = { ...POLICY, ...(most !== undefined && { maxServices: most }) };
  return { ...SETTINGS, policy };
}
const checks = createChecks();
const clock = () => Date.UTC(2026, 10, 29);

/** Documents in memory, written as a folder is: compared with what was read. */
export function openTexts(texts: Record<string, string>) {
  const files = new Map(Object.entries(texts));
  const documents: Pick<Documents, 'read' | 'write'> = {
    read: () =>
      Promise.resolve({
        ok: true,
        documentsFolder: '/desired',
        templatesFolder: '/templates',
        documents: [...files].map(([file, text]) => ({ file, text })),
        templates: [],
      }),
    write(file, expected, text) {
      if (files.get(file) !== expected) {
        return Promise.reject(new AppError('DOCUMENT_CHANGED', `${file} was changed`));
      }
      if (text === undefined) files.delete(file);
      else files.set(file, text);
      return Promise.resolve();
    },
  };
  return { files, documents };
}

/** The control over such documents, and what came of it. */
export function open(texts: Record<string, string> = {}, limit: ServiceLimit = {}) {
  const opened = openTexts(texts);
  const { documents } = opened;
  const kept = new Map<string, string>();
  const secrets = fakeSecrets(kept);
  const settings = settingsWith(limit);
  let load = createLoader(settings, checks);
  const told: string[] = [];
  let desired = load({ ok: false, cause: 'not read yet' });
  const shared: BatchOptions = {
    documents: toDocuments(documents),
    secrets,
    declarer: createDeclarer(settings, checks),
    desired: () => desired,
    limit,
    inTurn: createOneAtATime(),
    refresh: async () => {
      const set = await documents.read(new AbortController().signal);
      desired = load(set);
      return set;
    },
    written: async (wishes) => wishes.forEach(({ service }) => told.push(`written ${service}`)),
    store: openStore({ file: ':memory:', source: '/test', clock, keepUndelivered: false }),
    clock,
  };
  const control = createDeclareControl({
    ...shared,
    planWith: async () => somePlan(),
    justDeclared: createJustDeclared(clock),
  });
  const declareAll = createDeclareBatch(shared);
  const declare = (more: Partial<DeclareRequest> = {}) =>
    control.declare({
      service: 'echo',
      origin: 'api',
      by: 'ada',
      change: { kind: 'put', fields: { image: 'x' } },
      ...more,
    });
  /** As a manager does that starts anew: it knows what it accepted last. */
  const restart = (): void => {
    const accepted = new Map(desired.services.map((service) => [service.name, service]));
    const fresh = createLoader(settings, checks);
    load = (set) => fresh(set, accepted);
  };
  const current = () => desired;
  const { inTurn, store } = shared;
  const asked = { control, declare, declareAll, restart, current };
  return { ...opened, ...asked, inTurn, store, secrets, told, kept };
}

/** The same, also where a test puts another way to read or write in place later. */
export function toDocuments(texts: Pick<Documents, 'read' | 'write'>): Documents {
  return {
    read: (signal) => texts.read(signal),
    write: (...args) => texts.write(...args),
    watch: () => {},
    ensureManagerId: (id) => Promise.resolve(id),
    writeTemplate: async () => {},
  };
}

/** Secrets in memory, by reference. */
export function fakeSecrets(kept: Map<string, string>): {
  -readonly [Key in keyof Secrets]: Secrets[Key];
} {
  const stateOf = (reference: string): SecretState => {
    const value = kept.get(reference);
    return value === undefined
      ? { kind: 'missing', cause: 'there is none' }
      : { kind: 'known', version: `of ${value}` };
  };
  return {
    versions: async (references) => new Map(references.map((each) => [each, stateOf(each)])),
    resolve: async (references) => new Map(references.map((each) => [each, kept.get(each) ?? ''])),
    keep: async (values) => values.forEach((value, reference) => kept.set(reference, value)),
    fingerprint: async (text) => `keyed ${text}`,
    drop: async (references) => references.forEach((each) => kept.delete(each)),
  };
}

/** How it ended: `done`, or the code of its error. */
export const codeOf = (doing: Promise<unknown>) =>
  doing.then(
    () => 'done',
    (error: unknown) => (error instanceof AppError ? error.code : error),
  );
