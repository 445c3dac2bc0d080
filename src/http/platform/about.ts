/** What a route says of itself: for the description of the API, and for its errors. */
export interface About {
  readonly operationId: string;
  readonly summary: string;
  /** Of the description; judges nothing. */
  readonly body?: object;
  /** By status; errors are added. */
  readonly answers: Readonly<Record<number, object>>;
  readonly errors?: readonly number[];
  /** The platform's word for its failures. */
  readonly failure?: string;
}

/** Options of a route of the platform. */
export function about({ operationId, summary, body, answers, errors = [], failure }: About) {
  const statuses = [...ALWAYS, ...errors];
  const refusals = Object.fromEntries(statuses.map((status) => [status, errorSchema]));
  return {
    schema: {
      operationId,
      summary,
      tags: ['platform'],
      ...(body && { body }),
      response: { ...refusals, ...answers },
    },
    config: { ...(failure !== undefined && { failure }) },
  };
}

/** Of every route: no token, no right, too much at once, nobody can say who asks. */
const ALWAYS = [400, 401, 403, 429, 500, 503];

export const errorSchema = {
  type: 'object',
  properties: {
    error: { type: 'string' },
    code: { type: 'integer' },
    message: { type: 'string' },
  },
  additionalProperties: true,
};
