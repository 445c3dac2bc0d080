import type { FastifyInstance } from 'fastify';
import { AppError } from '../../errors.ts';
import type { LogLine } from '../../ports.ts';
import { about } from './about.ts';
import type { ServicePath } from './containers.ts';
import { findContainer } from './find.ts';
import { invalidRequest } from './refusal.ts';
import { logsSchema } from './schemas.ts';
import type { PlatformOptions } from './write.ts';

const DEFAULT_LINES = 100;
const MOST_LINES = 10_000;
/** An engine that does not come to the end of its lines is cut short there. */
const LONGEST_READ_MS = 10_000;

const LOGS = about({
  operationId: 'getContainerLogs',
  summary: 'The last lines of output, 100 or as many as `tail` says',
  answers: { 200: logsSchema },
  errors: [404, 409],
  failure: 'logs_failed',
});

interface LogsQuery extends ServicePath {
  readonly Querystring: { readonly tail?: unknown };
}

export function addContainerLogRoutes(
  app: FastifyInstance,
  { control, inspection }: PlatformOptions,
): void {
  app.get<LogsQuery>('/containers/:service/logs', LOGS, async (request) => {
    const { service } = request.params;
    const { name } = findContainer(request, inspection, service);
    const tail = readTail(request.query.tail);
    const signal = AbortSignal.timeout(LONGEST_READ_MS);
    const lines = await readAll(control.logs(name, { follow: false, tail }, signal));
    return { service, logs: lines, total: lines.length };
  });
}

function readTail(text: unknown): number {
  if (text === undefined || text === '') return DEFAULT_LINES;
  const count = typeof text === 'string' && /^[0-9]{1,5}$/.test(text) ? Number(text) : Infinity;
  if (count <= MOST_LINES) return count;
  throw invalidRequest(`tail must be a number from 0 to ${MOST_LINES}`);
}

/** What has not begun to run has said nothing. */
async function readAll(lines: AsyncIterable<LogLine>): Promise<readonly string[]> {
  const all: string[] = [];
  try {
    for await (const { text } of lines) all.push(text);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'SERVICE_UNKNOWN') throw error;
  }
  return all.slice(-MOST_LINES);
}
