import fc from 'fast-check';

export type Schema = Readonly<Record<string, any>>;

/** Values that a schema of a request allows, mostly small ones; `root` is where its references lead. */
export function fromSchema(schema: Schema, root: Schema): fc.Arbitrary<unknown> {
  const { $ref, if: condition, then: one, else: other, anyOf, oneOf, type } = schema;
  if (typeof $ref === 'string') return fromSchema(follow($ref, root), root);
  if (condition) return anyOfThem([one, other], root);
  if (anyOf ?? oneOf) return anyOfThem(anyOf ?? oneOf, root);
  if (schema['const'] !== undefined) return fc.constant(schema['const']);
  if (schema['enum']) return fc.constantFrom(...schema['enum']);
  if (Array.isArray(type))
    return anyOfThem(
      type.map((each) => ({ ...schema, type: each })),
      root,
    );
  return ofType(schema, root);
}

function ofType(schema: Schema, root: Schema): fc.Arbitrary<unknown> {
  const { type, minimum, maximum, items = {}, maxItems = 3 } = schema;
  switch (type) {
    case 'string':
      return text(schema);
    case 'integer':
      return fc.integer({ min: minimum ?? -5, max: Math.min(maximum ?? 1_000, 100_000) });
    case 'number':
      return fc.double({ min: minimum ?? 0, noNaN: true, noDefaultInfinity: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(fromSchema(items, root), { maxLength: Math.min(maxItems, 3) });
    case 'object':
      return object(schema, root);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function text({ pattern, minLength = 0, maxLength = 20 }: Schema): fc.Arbitrary<string> {
  const fits = (value: string): boolean => value.length >= minLength && value.length <= maxLength;
  if (pattern === undefined) return fc.string({ minLength, maxLength: Math.min(maxLength, 20) });
  return fc.stringMatching(new RegExp(pattern), { size: 'small' }).filter(fits);
}

function object(schema: Schema, root: Schema): fc.Arbitrary<unknown> {
  const { properties = {}, required = [] } = schema;
  const members = Object.entries<Schema>(properties).map(
    ([name, one]) => [name, fromSchema(one, root)] as const,
  );
  if (members.length === 0) return someFields;
  return fc.record(Object.fromEntries(members), { requiredKeys: [...required] });
}

/** Of documents of services, right and wrong. */
const someFields = fc.record(
  {
    image: fc.constantFrom('docker.io/library/x:1', '', 'x', 7),
    power: fc.constantFrom('on', 'off', null, 'half'),
    env: fc.dictionary(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), { maxKeys: 2 }),
    port: fc.oneof(fc.integer({ min: 1, max: 65_535 }), fc.jsonValue({ maxDepth: 1 })),
    extra: fc.jsonValue({ maxDepth: 2 }),
  },
  { requiredKeys: [] },
);

function anyOfThem(schemas: readonly Schema[], root: Schema): fc.Arbitrary<unknown> {
  return fc.oneof(...schemas.map((one) => fromSchema(one, root)));
}

function follow(reference: string, root: Schema): Schema {
  return reference
    .slice('#/'.length)
    .split('/')
    .reduce((at, key) => at[key], root);
}
