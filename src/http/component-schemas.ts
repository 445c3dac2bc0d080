export type Schema = Readonly<Record<string, unknown>>;

export interface ComponentSchemas {
  /** The schema as it stands in a document: what has a title is a reference to what is described once. */
  toReferring(schema: unknown): unknown;
  /** What is described once, by title. */
  all(): Readonly<Record<string, unknown>>;
}

/** One word, as a name in a program. */
const NAME = /^[A-Z][A-Za-z0-9]*$/;
/** Of a schema as a file of its own: they say nothing inside of another document. */
const OF_FILES = new Set(['$schema', '$id', '$defs']);

/**
 * Collects the schemas that have a title, and the `$defs` that these refer to, under
 * `#/components/schemas/`. Throws where two different ones have the same title.
 */
export function createComponentSchemas(): ComponentSchemas {
  const components = new Map<string, unknown>();

  function keep(name: string, schema: Schema, scope: Scope): Schema {
    const before = components.get(name);
    // It may contain itself.
    if (before === undefined) components.set(name, {});
    const kept = convertMembers(schema, scope);
    if (before === undefined) components.set(name, kept);
    else if (isOther(before, kept)) throw new Error(`two schemas have the title ${name}`);
    return { $ref: `#/components/schemas/${name}` };
  }

  function convert(value: unknown, scope: Scope): unknown {
    if (Array.isArray(value)) return value.map((item) => convert(item, scope));
    if (!isSchema(value)) return value;
    const inner = scopeOf(value, scope);
    const name = nameOf(value);
    return name === undefined ? convertMembers(value, inner) : keep(name, value, inner);
  }

  function convertMembers(schema: Schema, scope: Scope): unknown {
    const members = Object.entries(schema).filter(([key]) => !OF_FILES.has(key));
    const target = readReference(schema, scope);
    return {
      ...Object.fromEntries(members.map(([key, one]) => [key, convertMember(key, one, scope)])),
      ...(target && keep(target.name, target.schema, scope)),
    };
  }

  function convertMember(key: string, value: unknown, scope: Scope): unknown {
    if (DATA.has(key)) return value;
    // Names of properties are no keywords.
    if (MAPS.has(key) && isSchema(value)) {
      const entries = Object.entries(value).map(([name, one]) => [name, convert(one, scope)]);
      return Object.fromEntries(entries);
    }
    return convert(value, scope);
  }

  return {
    toReferring: (schema) => convert(schema, { prefix: '', defs: {} }),
    all: () => Object.fromEntries([...components].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** To what `#/$defs/x` leads, and how it is named where it has no title. */
interface Scope {
  readonly prefix: string;
  readonly defs: Schema;
}

const DATA = new Set(['examples', 'default', 'const', 'enum', 'required']);
const MAPS = new Set(['properties', 'patternProperties', 'dependentSchemas']);
const DEFINITION = /^#\/\$defs\/([A-Za-z0-9]+)$/;

function scopeOf(schema: Schema, outer: Scope): Scope {
  const { $defs } = schema;
  return isSchema($defs) ? { prefix: nameOf(schema) ?? '', defs: $defs } : outer;
}

function readReference({ $ref }: Schema, { defs, prefix }: Scope) {
  const [, key = ''] = typeof $ref === 'string' ? (DEFINITION.exec($ref) ?? []) : [];
  const schema = defs[key];
  if (!isSchema(schema)) return undefined;
  const name = nameOf(schema) ?? `${prefix}${key.charAt(0).toUpperCase()}${key.slice(1)}`;
  return { name, schema };
}

function nameOf({ title }: Schema): string | undefined {
  return typeof title === 'string' && NAME.test(title) ? title : undefined;
}

/** While it is being converted it is empty. */
function isOther(before: unknown, now: unknown): boolean {
  const text = JSON.stringify(before);
  return text !== '{}' && text !== JSON.stringify(now);
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
