import { CALLS, type DocumentProblem, type Operations } from './api.gen.ts';
import { readLines } from './read-lines.ts';

export type OperationId = keyof Operations;
/** What is known of the path, the query, headers and the body. */
export type Input<Id extends OperationId> = Unwritten<Omit<Operations[Id], 'answer' | 'item'>>;
/** Nothing is written to what is given. */
type Unwritten<Given> = { readonly [Key in keyof Given]: Unwritten<Given[Key]> };
export type Answer<Id extends OperationId> = Operations[Id] extends { answer: infer Whole }
  ? Whole
  : undefined;
export type Item<Id extends OperationId> = Operations[Id] extends { item: infer One } ? One : never;
/** Operations that answer item by item. */
export type StreamId = {
  [Id in OperationId]: Operations[Id] extends { item: unknown } ? Id : never;
}[OperationId];

/** As much of the Response of `fetch` as is used. */
export interface Received {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array> | null;
  text(): Promise<string>;
}

/** Sends one request; `fetch` is one of these. */
export type Send = (url: string, request: Sent) => Promise<Received>;

export interface Sent {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export interface ClientOptions {
  /** Where the API begins: `https://manager.example.org`. */
  readonly url: string;
  readonly token?: string;
  /** The platform's own `fetch` when absent. */
  readonly send?: Send;
}

export interface Client {
  /** One answer. Throws ApiError, also for what is no answer of the API, and what `send` throws. */
  call<Id extends OperationId>(id: Id, input: Input<Id>, signal?: AbortSignal): Promise<Answer<Id>>;
  /** Each item as it comes. Throws ApiError, at the end too, and what `send` throws. */
  stream<Id extends StreamId>(
    id: Id,
    input: Input<Id>,
    signal?: AbortSignal,
  ): AsyncGenerator<Item<Id>>;
}

/** A problem document (RFC 9457), or as much of one as came. */
export interface ApiProblem {
  readonly status: number;
  readonly detail: string;
  /** Stable; `UNKNOWN` where something else than the API answered. */
  readonly code: string;
  readonly hint?: string;
  readonly problems?: readonly DocumentProblem[];
}

/** The API refused or failed. */
export class ApiError extends Error {
  readonly problem: ApiProblem;

  constructor(problem: ApiProblem) {
    super(problem.detail);
    this.name = 'ApiError';
    this.problem = problem;
  }
}

/** Calls the API of one manager, with types made from its description. */
export function createClient({ url, token, send = fetchIt }: ClientOptions): Client {
  const base = url.replace(/\/+$/, '');

  async function request(
    id: OperationId,
    input: Anything,
    signal?: AbortSignal,
  ): Promise<Received> {
    const [method, pattern] = CALLS[id];
    const { path = {}, query = {}, header = {}, body } = input;
    const received = await send(`${base}${fill(pattern, path)}${toQuery(query)}`, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...header,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    if (isAnswer(received.status)) return received;
    throw new ApiError(toProblem(received.status, await received.text()));
  }

  return {
    async call(id, input, signal) {
      const received = await request(id, input, signal);
      const text = await received.text();
      return text === '' ? undefined : parse(text, received.status);
    },
    async *stream(id, input, signal) {
      const { body, status } = await request(id, input, signal);
      for await (const line of readLines(body ?? [])) {
        const item = parse(line, status);
        if (isProblemLine(item)) throw new ApiError(item.problem);
        yield item;
      }
    },
  };
}

/** `fetch` follows redirections; whoever does not is led nowhere by one. */
function isAnswer(status: number): boolean {
  return (status >= 200 && status < 300) || status === 304;
}

function parse(text: string, status: number) {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(unknown(status, 'no JSON'));
  }
}

interface Anything {
  readonly path?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, Texts>>;
  readonly header?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A member of a query, said once or several times. */
type Texts = string | readonly string[] | undefined;

const fetchIt: Send = (url, sent) => fetch(url, sent);

function fill(pattern: string, path: Readonly<Record<string, unknown>>): string {
  return pattern.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(path[name])),
  );
}

function toQuery(query: Readonly<Record<string, Texts>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value].flat()) if (one !== undefined) search.append(name, one);
  }
  return search.size === 0 ? '' : `?${search.toString()}`;
}

/** The last line of a stream that failed. */
function isProblemLine(item: unknown): item is { readonly problem: ApiProblem } {
  return typeof item === 'object' && item !== null && 'problem' in item;
}

function toProblem(status: number, text: string): ApiProblem {
  const read: Partial<ApiProblem> | undefined = readJson(text);
  if (typeof read?.code === 'string') return { detail: '', ...read, code: read.code, status };
  const isRedirection = status >= 300 && status < 400;
  return unknown(status, isRedirection ? 'led elsewhere' : 'no problem document');
}

function unknown(status: number, what: string): ApiProblem {
  return { status, code: 'UNKNOWN', detail: `the answer was ${status}, and ${what}` };
}

function readJson(text: string) {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}
