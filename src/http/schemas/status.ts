import statusReport from '../../../schemas/status.schema.json' with { type: 'json' };

const { $defs } = statusReport;
const { service, problem } = $defs;

/** One service as it is now. */
export const serviceStatusSchema = { ...service, $defs };

/** A mistake in a document. */
export const documentProblemSchema = problem;

/** Everything; or, where the query chooses, one page. */
export const serviceListSchema = {
  anyOf: [
    statusReport,
    {
      title: 'ServicePage',
      type: 'object',
      properties: {
        services: { type: 'array', items: serviceStatusSchema },
        total: { type: 'integer', description: 'How many there are on all pages.' },
        next: { type: 'string', description: 'The `cursor` of the next page; absent on the last.' },
      },
      required: ['services', 'total'],
      additionalProperties: false,
    },
  ],
} as const;
