import type { FastifyInstance } from 'fastify';
import type { Control } from '../control.ts';
import { filterSeen } from './access.ts';
import { nameSchema, noBodySchema, objectSchema } from './request-schemas.ts';
import { problems } from './schemas/problem-document.ts';
import {
  recordedToolsSchema,
  toolApprovalSchema,
  toolReportSchema,
  toolResultSchema,
} from './schemas/tools.ts';

const paramsSchema = objectSchema({ name: nameSchema }, ['name']);

const callSchema = objectSchema(
  { tool: { type: 'string', minLength: 1, maxLength: 256 }, arguments: { type: 'object' } },
  ['tool', 'arguments'],
);

const ABOUT_RECORDED = {
  operationId: 'listRecordedTools',
  summary: 'The tools of all services as they were found last',
  tags: ['tools'],
  response: { 200: { type: 'array', items: recordedToolsSchema } },
};

const ABOUT_TOOLS = {
  operationId: 'listTools',
  summary: 'What the newest running instance lists now, and how that stands to what was approved',
  tags: ['tools'],
  response: { 200: toolReportSchema, ...problems(404, 409, 501, 502, 504) },
};

const ABOUT_CALL = {
  operationId: 'callTool',
  summary: 'One call of a tool; its result may be an error of the tool',
  tags: ['tools'],
  response: { 200: toolResultSchema, ...problems(404, 409, 501, 502, 504) },
};

const ABOUT_APPROVE = {
  operationId: 'approveTools',
  summary: 'Approves the tools as they were found last, in the file of approved tools',
  tags: ['tools'],
  response: { 200: toolApprovalSchema, ...problems(409, 412, 503) },
};

interface Call {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** What servers offer, asked of their running instances. */
export function addToolRoutes(app: FastifyInstance, control: Control): void {
  app.get('/v1/tools', { schema: ABOUT_RECORDED }, async (request) =>
    filterSeen(request, await control.recordedTools(), ({ service }) => service),
  );

  app.get<{ Params: { name: string } }>(
    '/v1/services/:name/tools',
    { schema: { ...ABOUT_TOOLS, params: paramsSchema } },
    ({ params }) => control.tools(params.name),
  );

  app.post<{ Params: { name: string }; Body: Call }>(
    '/v1/services/:name/tools/call',
    { schema: { ...ABOUT_CALL, params: paramsSchema, body: callSchema } },
    ({ params, body }) => control.callTool({ service: params.name, ...body }),
  );

  app.post<{ Params: { name: string } }>(
    '/v1/services/:name/tools/approve',
    { schema: { ...ABOUT_APPROVE, params: paramsSchema, body: noBodySchema } },
    ({ params }) => control.approveTools(params.name),
  );
}
