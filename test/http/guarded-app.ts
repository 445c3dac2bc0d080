import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Answers, Audit, NewToken } from '../../src/access-ports.ts';
import { openTokenAuthenticator } from '../../src/adapters/tokens/authenticator.ts';
import { openTokenFile } from '../../src/adapters/tokens/token-file.ts';
import type { ApiControl } from '../../src/api-control.ts';
import type { Inspection, ServiceDetail } from '../../src/control.ts';
import { type AppOptions, createApp } from '../../src/http/app.ts';
import type { GuardOptions } from '../../src/http/guard.ts';
import { listenOnPort } from '../../src/http/listen.ts';
import type { AuditEntry } from '../../src/model/audit.ts';
import type { Log } from '../../src/ports.ts';
import { createFakeControl, someEntry, someEvent, someStatus } from './fake-control.ts';
import { fakePlatform, toDetails } from './fake-inspection.ts';

const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** Where services are reached. */
export const BASE_URL = 'https://mcp.example.org';

/** A service of one workspace and one of another, and everything said and recorded of `echo` alone. */
export function createSharedControl(replaced: Partial<ApiControl> = {}): ApiControl {
  const services = [
    someStatus('echo', { workspace: 'w1' }),
    someStatus('other', { workspace: 'w2' }),
  ];
  const problems = [
    { service: 'echo', file: 'echo.yaml', line: 1, column: 1, code: 'X', message: 'no' },
  ];
  return createFakeControl({
    status: async () => ({ services, problems, leftAlone: [] }),
    async *events() {
      yield someEvent(1, { workspace: 'w1' });
      yield someEvent(2, { workspace: 'w1' });
    },
    history: async ({ workspace = 'w1' }) => (workspace === 'w1' ? [someEntry({ workspace })] : []),
    ...replaced,
  });
}

export interface ServeOptions {
  readonly control?: ApiControl;
  /** What the routes of the platform show; default: the services of that. */
  readonly details?: readonly ServiceDetail[];
  readonly settled?: Inspection['settled'];
  readonly startupMs?: number;
  readonly guard?: Partial<GuardOptions>;
  readonly answers?: Answers;
  /** Told of the same entries. */
  readonly audit?: Audit;
  readonly platform?: NonNullable<AppOptions['platform']>;
  readonly plans?: AppOptions['plans'];
  /** No token is asked for. */
  readonly isOff?: boolean;
  /** Until when it serves. */
  readonly atEnd?: (end: () => Promise<void>) => void;
}

/** The API over TCP, with real tokens in a file of its own. */
export async function serveGuarded({
  control = createSharedControl(),
  details,
  settled,
  startupMs = 1_000,
  guard = {},
  answers,
  audit,
  isOff = false,
  platform,
  plans,
  atEnd = onTestFinished,
}: ServeOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-manager-test-'));
  const path = join(folder, 'tokens.json');
  const { tokens, authenticator } = openTokens(path);
  const audited: AuditEntry[] = [];
  const app = createApp({
    control,
    platform: platform ?? {
      ...fakePlatform(details ?? (await toDetails(control)), settled && { settled }),
      startupMs,
    },
    log: quiet,
    version: '1.2.3',
    ...(answers && { answers }),
    ...(plans && { plans }),
    routeAuth: { authenticator, baseUrl: BASE_URL, issuer: 'https://id.example.org' },
    audit: noteIn(audited, audit),
    guard: { ...(!isOff && { authenticator }), allowedHosts: [], corsOrigins: [], ...guard },
  });
  atEnd(async () => {
    await app.close();
    await rm(folder, { recursive: true });
  });
  const url = await listenOnPort(app, { host: '127.0.0.1', port: 0 });
  return {
    app,
    url,
    path,
    tokens,
    authenticator,
    audited,
    makeToken: async (wanted: Partial<NewToken>) =>
      (await tokens.create({ name: '', role: 'read', ...wanted })).token,
    ask: (route: string, token?: string, init: Ask = {}) =>
      fetch(`${url}${route}`, { ...init, headers: { ...bearer(token), ...init.headers } }),
  };
}

export interface Ask extends RequestInit {
  readonly headers?: Readonly<Record<string, string>>;
}

function openTokens(path: string) {
  const clock = Date.now;
  const tokens = openTokenFile({ path, clock });
  const authenticator = openTokenAuthenticator({ path, mayBeAbsent: true, clock, log: quiet });
  return { tokens, authenticator };
}

function noteIn(audited: AuditEntry[], audit?: Audit): Audit {
  return (entry) => {
    audited.push(entry);
    audit?.(entry);
  };
}

function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}
