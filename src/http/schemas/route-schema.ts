// What a route says of itself beside the schemas of its requests: the description of the API is made from it.
declare module 'fastify' {
  interface FastifySchema {
    /** Unique; the name of the call in generated clients. */
    operationId?: string;
    /** One sentence without a full stop. */
    summary?: string;
    tags?: readonly string[];
    /**
     * What is answered, by status: a schema of the JSON, `nothing`, or `{description, content}` by media type.
     * It describes and is not applied: what a route answers goes out as it is.
     */
    response?: unknown;
  }
}

/** Of an answer without a body. */
export const nothing = { type: 'null' } as const;

/** An answer that comes piece by piece: each line, or the data of each event, is one such item. */
export function streamOf(description: string, mediaTypes: readonly string[], item: object) {
  const content = mediaTypes.map((type) => [type, { schema: item }] as const);
  return { description, content: Object.fromEntries(content) } as const;
}
