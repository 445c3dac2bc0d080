import {
  ApiError,
  type Client,
  type Input,
  type OperationId,
  type StreamId,
} from '../client/create-client.ts';
import type { ApplyRequest, Control, EventQuery } from '../control.ts';
import { AppError, ERROR_CODES, type ErrorCode } from '../errors.ts';
import type { DeclareRequest, WriteConditions } from '../model/declaration.ts';
import type { LogRequest } from '../ports.ts';
import { noManager } from './connection-error.ts';

/** A living manager answers this at once, however busy it is. */
const HEALTH_TIMEOUT_MS = 5000;

/**
 * The Control of the manager whose API the client calls at `place`. Throws the AppError that the manager threw, and
 * MANAGER_UNREACHABLE where something else answers there.
 */
export function createApiControl(client: Client, place: string): Control {
  const { call, stream } = withAppErrors(client, place);
  return {
    health: () => call('getHealth', {}, AbortSignal.timeout(HEALTH_TIMEOUT_MS)),
    status: () => call('listServices', {}),
    plan: (body) => call('makePlan', { body }),
    apply: (body, signal) => stream('apply', { body: toBody(body) }, signal),
    draftImport: (body) => call('draftImport', { body }),
    importContainer: (body) => call('importContainer', { body }),
    ask: (body) => call('leaveCommand', { body }),
    wake: (names) => call('wake', { body: names ? { names } : {} }),
    events: (query, signal) => stream('readEvents', { query: toEventQuery(query) }, signal),
    logs: (name, wanted, signal) =>
      stream('readLogs', { ...at(name), query: toLogQuery(wanted) }, signal),
    tools: (name) => call('listTools', at(name)),
    callTool: ({ service, ...body }) => call('callTool', { ...at(service), body }),
    releases: (name) => call('listReleases', at(name)),
    recordedTools: () => call('listRecordedTools', {}),
    approveTools: (name) => call('approveTools', at(name)),
    declared: (name) => call('getDocument', at(name)),
    declare: (wanted) => call(CHANGES[wanted.change.kind], toDeclareInput(wanted)),
    transfer: ({ service, to, ...conditions }) =>
      call('transferService', {
        ...at(service),
        header: toConditionHeaders(conditions),
        body: { to },
      }),
    history: ({ service, limit }) =>
      call('listHistory', {
        query: { ...(service !== undefined && { service }), limit: String(limit) },
      }),
  };
}

function at(name: string) {
  return { path: { name } };
}

function withAppErrors(client: Client, place: string) {
  return {
    // The manager's own types say more than those that are made from the description.
    async call<Id extends OperationId>(
      id: Id,
      input: Input<Id>,
      signal?: AbortSignal,
      // oxlint-disable-next-line typescript/no-explicit-any
    ): Promise<any> {
      try {
        return await client.call(id, input, signal);
      } catch (error) {
        throw toThrown(error, place);
      }
    },
    /** Ends quietly when the signal aborts. */
    async *stream<Id extends StreamId>(
      id: Id,
      input: Input<Id>,
      signal: AbortSignal,
      // oxlint-disable-next-line typescript/no-explicit-any
    ): AsyncGenerator<any> {
      try {
        yield* client.stream(id, input, signal);
      } catch (error) {
        if (!signal.aborted) throw toThrown(error, place);
      }
    },
  };
}

/** Codes that this version knows become the AppError again; others keep their words. */
function toThrown(error: unknown, place: string): unknown {
  if (!(error instanceof ApiError)) return error;
  const { code, detail, hint, problems = [] } = error.problem;
  if (code === 'UNKNOWN') return noManager(place, detail);
  if (!isErrorCode(code)) return new Error(hint === undefined ? detail : `${detail} (${hint})`);
  return new AppError(code, detail, { problems, ...(hint !== undefined && { hint }) });
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code);
}

/** Of a plan, the description says less than our types do: what it came from is taken for an object. */
function toBody(request: ApplyRequest): Input<'apply'>['body'] {
  return JSON.parse(JSON.stringify(request));
}

const CHANGES = { put: 'putService', merge: 'patchService', delete: 'deleteService' } as const;

function toDeclareInput({ service, change, dryRun, ...conditions }: DeclareRequest) {
  return {
    path: { name: service },
    query: dryRun === true ? ({ dryRun: 'true' } as const) : {},
    header: toConditionHeaders(conditions),
    ...(change.kind !== 'delete' && { body: change.fields }),
  };
}

function toConditionHeaders({ ifMatch, ifNew, ifNoneMatch }: WriteConditions) {
  const match = ifMatch === 'any' ? '*' : formatEtags(ifMatch);
  const noneMatch = ifNew === true ? '*' : formatEtags(ifNoneMatch);
  return {
    ...(match !== undefined && { 'if-match': match }),
    ...(noneMatch !== undefined && { 'if-none-match': noneMatch }),
  };
}

function formatEtags(etags: readonly string[] | undefined): string | undefined {
  return etags?.map((etag) => `"${etag}"`).join(', ');
}

function toEventQuery({ since, follow, service, types }: EventQuery) {
  return {
    follow: toFlag(follow),
    ...(since !== undefined && { since }),
    ...(service !== undefined && { service }),
    ...(types !== undefined && { type: types.join(',') }),
  };
}

function toLogQuery({ follow, tail, sinceMs }: LogRequest) {
  return {
    follow: toFlag(follow),
    ...(tail !== undefined && { tail: String(tail) }),
    ...(sinceMs !== undefined && { sinceMs: String(sinceMs) }),
  };
}

function toFlag(value: boolean): 'true' | 'false' {
  return value ? 'true' : 'false';
}
