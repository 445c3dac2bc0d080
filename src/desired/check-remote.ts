import { isSecretHeader, looksSecret } from '../model/looks-secret.ts';
import type { HeaderDocument, ServiceDocument } from './documents.gen.ts';
import type { Finding, ValuePath } from './finding.ts';
import type { ProblemCode } from './problem-codes.ts';
import { isPlatformReference } from '../model/redact.ts';
import { isSecretReference, SECRET_FORMS } from './secret-reference.ts';

/** They say how to run something here. */
const NOT_BESIDE_URL = [
  'image',
  'command',
  'env',
  'user',
  'transport',
  'stdio',
  'port',
  'path',
  'resources',
  'replicas',
  'volumes',
  'network',
  'pull',
  'adopt',
  'runtime',
] as const satisfies readonly (keyof ServiceDocument)[];

/** The connection's own, the protocol's own, or what only a client knows. */
const FORBIDDEN_HEADER =
  /^(host|connection|content-(length|encoding|type)|transfer-encoding|te|trailer|upgrade|expect|keep-alive|proxy-.*|accept|mcp-.*|last-event-id|x-forwarded-.*|forwarded)$/;

/** What a schema cannot say about a service that runs elsewhere. */
export function checkRemote(fields: ServiceDocument, url: string | undefined): readonly Finding[] {
  if (url === undefined) {
    const message = '`headers` are sent to a remote `url`, and there is none';
    return [find('SOURCE_CONFLICT', ['headers'], message, 'add `url:`, or remove them')];
  }
  const beside = NOT_BESIDE_URL.filter((name) => fields[name] !== undefined);
  return [
    ...beside.map(besideUrl),
    ...checkUrl(url),
    ...checkHeaders(fields.headers ?? {}),
    ...checkVerify(fields),
  ];
}

function find(code: ProblemCode, path: ValuePath, message: string, hint: string): Finding {
  return { path, at: 'value', code, message, hint };
}

function besideUrl(name: (typeof NOT_BESIDE_URL)[number]): Finding {
  const message = `\`${name}\` says how to run something here, and a remote \`url\` runs elsewhere`;
  return { ...find('SOURCE_CONFLICT', [name], message, 'remove one of the two'), at: 'key' };
}

/** The way there begins at the router of this machine, which always accepts a connection. */
function checkVerify({ verify }: ServiceDocument): readonly Finding[] {
  if (verify?.kind !== 'tcp') return [];
  const message = '`kind: tcp` says nothing of a server behind a router';
  return [find('SOURCE_CONFLICT', ['verify', 'kind'], message, 'write mcp, http or none')];
}

/** The text is not told: it may hold a password. */
function checkUrl(text: string): readonly Finding[] {
  const path = ['url'];
  if (!URL.canParse(text)) {
    const hint = 'for example https://mcp.example.com/mcp';
    return [find('VALUE_FORMAT', path, 'url is no address of a server', hint)];
  }
  const { username, password, hash, searchParams } = new URL(text);
  const hint = 'give it as a header by `headers:`, with `{secret: …}`';
  if (username !== '' || password !== '') {
    return [find('SECRET_IN_CLEAR', path, 'url holds a name or password', hint)];
  }
  if (hash !== '') {
    return [find('VALUE_FORMAT', path, 'url has a part behind "#"', 'remove it: none is sent')];
  }
  return [...searchParams.keys()]
    .filter((name) => looksSecret(name, 'x'))
    .map((name) => find('SECRET_IN_CLEAR', path, `"${name}" in url looks secret`, hint));
}

function checkHeaders(headers: Readonly<Record<string, HeaderDocument>>): readonly Finding[] {
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  return Object.entries(headers).flatMap(([name, value], index) => {
    const path = ['headers', name];
    const lower = name.toLowerCase();
    if (FORBIDDEN_HEADER.test(lower)) {
      const message = `${name} is no header that a document may set`;
      return [find('HEADER_FORBIDDEN', path, message, 'remove it: the router sends its own')];
    }
    if (names.indexOf(lower) !== index) {
      const message = `${name} stands twice: names of headers are the same in any case`;
      return [find('HEADER_FORBIDDEN', path, message, 'remove one of the two')];
    }
    return checkValue(name, value, path);
  });
}

/** No value is told: somebody may have written the secret itself. */
function checkValue(name: string, value: HeaderDocument, path: ValuePath): readonly Finding[] {
  const reference = typeof value === 'string' ? value : value.secret;
  if (typeof value !== 'string' || isPlatformReference(value)) {
    if (isSecretReference(reference)) return [];
    const message = `headers.${name} is no secret reference`;
    return [find('SECRET_REFERENCE', path, message, SECRET_FORMS)];
  }
  const isSecret = isSecretHeader(name, value);
  if (!isSecret) return [];
  const message = `headers.${name} looks secret and is written in clear`;
  return [find('SECRET_IN_CLEAR', path, message, 'keep it elsewhere, and write `{secret: …}`')];
}
