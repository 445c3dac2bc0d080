/** PathPrefix without the slash would also catch every longer slug. */
export function pathRule(slug: string): string {
  return `Path(\`/mcp/${slug}\`) || PathPrefix(\`/mcp/${slug}/\`)`;
}

/** As the embedded router has it: no page can have its own name lead here. Traefik takes off the port. */
export function hostRule(names: readonly string[]): string {
  const named = names.map((name) => name.replaceAll('.', '\\.'));
  const local = ['(.+\\.)?localhost', '[0-9.]+', '\\[?[0-9a-f.]*:[0-9a-f:.]*\\]?'];
  return `HostRegexp(\`^(${[...local, ...named].join('|')})$\`)`;
}
