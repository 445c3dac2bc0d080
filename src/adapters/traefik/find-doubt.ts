/** Fields of Traefik 3.7 in the sections that people write by hand; other sections are not looked into. */
const FIELDS: Readonly<Record<string, readonly string[] | undefined>> = {
  'http.routers':
    'entryPoints middlewares service rule parentRefs ruleSyntax priority tls observability'.split(
      ' ',
    ),
  'http.services': 'loadBalancer weighted mirroring failover highestRandomWeight'.split(' '),
};
const SECTIONS: Readonly<Record<string, readonly string[] | undefined>> = {
  http: 'routers services middlewares models serversTransports'.split(' '),
  tcp: 'routers services middlewares models serversTransports'.split(' '),
  udp: 'routers services'.split(' '),
  tls: 'certificates options stores'.split(' '),
};

/**
 * What Traefik most likely refuses in a file that is right as YAML: an empty section or a name it does
 * not know. A guess, for the time in which it is known that Traefik refuses something.
 */
export function findDoubt(file: unknown): string | undefined {
  for (const [top, sections] of entriesOf(file)) {
    const known = SECTIONS[top];
    if (!known) continue;
    const doubt = findIn(top, sections, known);
    if (doubt !== undefined) return doubt;
  }
  return undefined;
}

function findIn(top: string, sections: unknown, known: readonly string[]): string | undefined {
  if (isEmpty(sections)) return `${top} is empty`;
  for (const [name, section] of entriesOf(sections)) {
    const path = `${top}.${name}`;
    if (!isKnown(name, known)) return `${path} is no name that Traefik knows`;
    if (isEmpty(section)) return `${path} is empty`;
    const fields = FIELDS[path];
    const doubt = fields && findUnknownField(path, section, fields);
    if (doubt !== undefined) return doubt;
  }
  return undefined;
}

function findUnknownField(
  path: string,
  section: unknown,
  fields: readonly string[],
): string | undefined {
  for (const [name, entry] of entriesOf(section)) {
    if (isEmpty(entry)) return `${path}.${name} is empty`;
    const bad = entriesOf(entry).find(([field]) => !isKnown(field, fields));
    if (bad) return `${path}.${name}.${bad[0]} is no name that Traefik knows`;
  }
  return undefined;
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

function isEmpty(value: unknown): boolean {
  return entriesOf(value).length === 0;
}

/** Traefik takes names in any case. */
function isKnown(name: string, known: readonly string[]): boolean {
  return known.some((each) => each.toLowerCase() === name.toLowerCase());
}
