/** A value in the fields of a service or template that goes by a name: a variable, a header, an option of a command. */
export interface NamedValue {
  readonly field: 'env' | 'headers' | 'authentication' | 'url' | 'command' | 'other';
  /** Where it stands, told without its value: `env.API_KEY`, `command --api-key`. */
  readonly at: string;
  readonly name: string;
  readonly value: unknown;
}

/** What shall stand there; of a map goes what is answered as `undefined`. */
export type ChangeValue = (value: NamedValue) => unknown;
