import statusReportSchema from '../../../schemas/status.schema.json' with { type: 'json' };
import { ERROR_CODES } from '../../errors.ts';

/** `ProblemDocument` as a schema. A schema with a title in one word is described once, under that title. */
const problemDocumentSchema = {
  title: 'ProblemDocument',
  description: 'An error (RFC 9457), with a stable code and the way out.',
  type: 'object',
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What went wrong, in words.' },
    code: { type: 'string', examples: [...Object.keys(ERROR_CODES), 'REQUEST_INVALID'] },
    hint: { type: 'string', description: 'The way out.' },
    problems: { type: 'array', items: statusReportSchema.$defs.problem },
  },
  required: ['type', 'title', 'status', 'detail', 'code'],
} as const;

/** Errors of a route beyond those that every route of `/v1` may answer, for its `response`. */
export function problems(...statuses: readonly number[]) {
  return Object.fromEntries(statuses.map((status) => [status, problemDocumentSchema] as const));
}
