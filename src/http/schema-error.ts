/** As much of a mistake that the validator of requests finds as is told. */
interface SchemaMistake {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

/** Where a request is not as its schema says, and why; what is too much in it, by name. */
export function toSchemaError(mistakes: readonly SchemaMistake[], part: string): Error {
  const told = mistakes.map(({ instancePath, keyword, params, message }) => {
    const extra = keyword === 'additionalProperties' && params['additionalProperty'];
    const named = typeof extra === 'string' ? `: ${JSON.stringify(extra.slice(0, LONGEST))}` : '';
    return `${part}${instancePath} ${message ?? keyword}${named}`;
  });
  return new Error(told.join(', '));
}

/** As long as any name that somebody meant. */
const LONGEST = 100;
