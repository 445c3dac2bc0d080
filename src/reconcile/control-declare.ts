import type { Control } from '../control.ts';
import type { Declared, DeclareRequest, DeclareResult } from '../model/declaration.ts';
import { AppError } from '../errors.ts';
import { digestOf } from '../model/canonical.ts';
import type { PlanDocument } from '../model/plan-document.ts';
import { formatProblem, type Place, type Problem } from '../model/problem.ts';
import type { Desired, Origin } from '../model/service.ts';
import type { ServiceLimit } from '../model/service-limit.ts';
import type { Documents, DocumentSet, Secrets } from '../ports.ts';
import { requirePlace } from './quota.ts';

type ReadSet = DocumentSet & { readonly ok: true };
type Fields = Readonly<Record<string, unknown>>;

interface Written {
  readonly origin: Origin;
  readonly place: Place;
  readonly text: string;
  readonly fields: Fields;
}

interface Declaration {
  readonly file: string;
  readonly before?: string;
  readonly after?: string;
  readonly fields?: Fields;
  readonly secrets: readonly { readonly reference: string; readonly value: string }[];
  readonly desired: Desired;
  readonly problems: readonly Problem[];
}

/** Text of documents ⇄ wishes of programs. */
export interface Declarer {
  find(set: ReadSet, desired: Desired, service: string): Written | undefined;
  declare(
    set: ReadSet,
    written: Written | undefined,
    wish: Pick<DeclareRequest, 'service' | 'origin' | 'change'>,
  ): Declaration;
}

export interface DeclareOptions {
  readonly documents: Documents;
  readonly secrets: Secrets;
  readonly declarer: Declarer;
  readonly desired: () => Desired;
  readonly limit: ServiceLimit;
  /** Reads the documents again. */
  readonly refresh: () => Promise<void>;
  /** What would be done for one service with another desired set. */
  readonly planWith: (desired: Desired, service: string) => Promise<PlanDocument>;
  /** After the write: a wish by name is its own approval, and the loop looks at it at once. */
  readonly written: (request: DeclareRequest) => Promise<void>;
  /** Before a service is taken out of its document. Throws REFUSED for what is protected. */
  readonly letGo: (request: DeclareRequest) => Promise<void>;
}

/** One write at a time; each is made for what the document says at that moment. */
export function createDeclareControl(
  options: DeclareOptions,
): Pick<Control, 'declared' | 'declare'> {
  let last: Promise<unknown> = Promise.resolve();
  return {
    async declared(service) {
      const { written } = await look(options, service);
      if (!written) throw unknown(service);
      const { origin, place, fields } = written;
      return { service, origin, place, fields, etag: etagOf(place.file, fields) };
    },
    declare(request) {
      const write = (): Promise<DeclareResult> => declare(options, request);
      const mine = last.then(write, write);
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}

async function look({ documents, desired, refresh, declarer }: DeclareOptions, service: string) {
  const set = await documents.read(new AbortController().signal);
  if (!set.ok) throw new AppError('DOCUMENTS_UNREADABLE', set.cause);
  await refresh();
  return { set, written: declarer.find(set, desired(), service) };
}

async function declare(options: DeclareOptions, request: DeclareRequest): Promise<DeclareResult> {
  const { service, change } = request;
  const { set, written } = await look(options, service);
  requireOwner(request, written);
  requireMatch(request, written);
  if (change.kind === 'delete' && !written) throw unknown(service);
  if (!written) requirePlace(options.limit, options.desired(), request);
  const declaration = options.declarer.declare(set, written, request);
  if (declaration.problems.length > 0) throw invalid(service, declaration.problems);
  const result = toResult(request, declaration);
  if (request.dryRun === true) {
    return { ...result, plan: await options.planWith(declaration.desired, service) };
  }
  if (change.kind === 'delete') await options.letGo(request);
  await store(options, declaration);
  await options.written(request);
  return result;
}

async function store({ secrets, documents }: DeclareOptions, declaration: Declaration) {
  const { file, before, after } = declaration;
  const values = declaration.secrets.map(({ reference, value }) => [reference, value] as const);
  if (values.length > 0) await secrets.keep(new Map(values), { replaces: true });
  if (before !== after) await documents.write(file, before, after);
}

function toResult(
  { service, origin }: DeclareRequest,
  { file, before, after, fields, secrets }: Declaration,
): DeclareResult {
  if (fields === undefined) return { kind: 'deleted' };
  const isSame = before === after && secrets.length === 0;
  const kind = before === undefined ? 'created' : isSame ? 'unchanged' : 'changed';
  return { kind, declared: { service, origin, file, fields, etag: etagOf(file, fields) } };
}

function requireOwner({ service, origin }: DeclareRequest, written: Written | undefined): void {
  if (!written || written.origin === origin) return;
  const { file, line } = written.place;
  throw new AppError(
    'DECLARED_ELSEWHERE',
    `${service} belongs to ${OWNERS[written.origin]}: ${file}:${String(line)}`,
    { hint: `edit it there, or hand it over: \`mcp-manager transfer ${service} --to ${origin}\`` },
  );
}

const OWNERS = { file: 'people', api: 'the API', core: 'the platform' } as const;

function requireMatch(
  { service, ifMatch, ifNew }: DeclareRequest,
  written: Written | undefined,
): void {
  const etag = written && etagOf(written.place.file, written.fields);
  if (ifNew === true && etag !== undefined) {
    throw new AppError('PRECONDITION_FAILED', `${service} is there already`, {
      hint: 'choose another name, or change it with If-Match',
    });
  }
  if (ifMatch === undefined) return;
  if (etag !== undefined && (ifMatch === 'any' || ifMatch.includes(etag))) return;
  const message = etag === undefined ? `there is no service ${service}` : `${service} was changed`;
  throw new AppError('PRECONDITION_FAILED', message, { hint: 'read it again' });
}

function etagOf(file: string, fields: Declared['fields']): string {
  return `e1-${digestOf({ file, fields })}`;
}

function unknown(service: string): AppError {
  return new AppError('SERVICE_UNKNOWN', `no document names a service ${service}`, {
    hint: 'GET /v1/services lists all',
  });
}

function invalid(service: string, problems: readonly Problem[]): AppError {
  const lines = problems.map((problem) => `\n  - ${formatProblem(problem)}`).join('');
  return new AppError('DOCUMENT_INVALID', `${service} cannot be declared so:${lines}`, {
    problems,
  });
}
