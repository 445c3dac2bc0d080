/** An address of the Internet Protocol as a number of 32 or 128 bits. */
interface Address {
  readonly version: 4 | 6;
  readonly value: bigint;
}

interface Range extends Address {
  readonly prefix: number;
}

/**
 * Why no remote service may be reached at this address: what kind of address it is. Undefined where it may,
 * because it is a public one or one of `allowed` (CIDR) holds it. What is no address is refused too.
 */
export function refusedAddress(text: string, allowed: readonly string[]): string | undefined {
  const address = parseAddress(text);
  if (address === undefined) return 'no address';
  const ranges = allowed.flatMap((one) => parseRange(one) ?? []);
  return refuse(address, ranges);
}

/** Whether the text is an address in its usual spelling, IPv6 without brackets. */
export function isAddress(text: string): boolean {
  return parseAddress(text) !== undefined;
}

/** Whether the text is a CIDR range (`10.0.0.0/8`) or one address. */
export function isAddressRange(text: string): boolean {
  return parseRange(text) !== undefined;
}

function refuse(address: Address, allowed: readonly Range[]): string | undefined {
  if (allowed.some((range) => holds(range, address))) return undefined;
  const inner = innerAddress(address);
  if (inner !== undefined) return refuse(inner, allowed);
  const special = SPECIAL.find(([range]) => holds(range, address));
  if (special !== undefined) return special[1];
  return address.version === 4 || holds(GLOBAL_UNICAST, address) ? undefined : 'a reserved address';
}

/** The IPv4 address that an IPv6 address only wraps: whoever routes it reaches that one. */
function innerAddress(address: Address): Address | undefined {
  const wrap = WRAPPERS.find(([range]) => holds(range, address));
  if (wrap === undefined) return undefined;
  return { version: 4, value: (address.value >> BigInt(wrap[1])) & 0xff_ff_ff_ffn };
}

function holds(range: Range, { version, value }: Address): boolean {
  if (range.version !== version) return false;
  const rest = BigInt((version === 4 ? 32 : 128) - range.prefix);
  return value >> rest === range.value >> rest;
}

function parseRange(text: string): Range | undefined {
  const [, base = '', length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = parseAddress(base);
  if (address === undefined) return undefined;
  const most = address.version === 4 ? 32 : 128;
  const prefix = length === undefined ? most : Number(length);
  return prefix <= most ? { ...address, prefix } : undefined;
}

function parseAddress(text: string): Address | undefined {
  const value = parseV4(text);
  if (value !== undefined) return { version: 4, value };
  // A zone (`fe80::1%eth0`) says by which interface, not which address.
  const wide = parseV6(text.replace(/%.*$/, ''));
  return wide === undefined ? undefined : { version: 6, value: wide };
}

/** Four decimal numbers and nothing else: other spellings are brought to this one by URL before. */
function parseV4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))) {
    return undefined;
  }
  const numbers = parts.map(Number);
  if (numbers.some((number) => number > 255)) return undefined;
  return numbers.reduce((value, number) => (value << 8n) | BigInt(number), 0n);
}

function parseV6(text: string): bigint | undefined {
  const [head = '', tail, more] = text.split('::');
  if (more !== undefined) return undefined;
  const [before, after] = [toGroups(head), toGroups(tail ?? '')];
  if (before === undefined || after === undefined) return undefined;
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...before, ...Array.from({ length: missing }, () => 0), ...after];
  return groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n);
}

function toGroups(text: string): readonly number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  for (const [index, part] of text.split(':').entries()) {
    const isLast = index === text.split(':').length - 1;
    const inner = isLast ? parseV4(part) : undefined;
    if (inner !== undefined) groups.push(Number(inner >> 16n), Number(inner & 0xff_ffn));
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

function toRange(text: string): Range {
  const parsed = parseRange(text);
  if (parsed === undefined) throw new Error(`${text} is no range`);
  return parsed;
}

const GLOBAL_UNICAST = toRange('2000::/3');

/** Ranges with an IPv4 address inside, and how many bits follow it: mapped, compatible, NAT64, 6to4. */
const WRAPPERS: readonly (readonly [Range, number])[] = [
  [toRange('::ffff:0:0/96'), 0],
  [toRange('64:ff9b::/96'), 0],
  [toRange('2002::/16'), 80],
];

/** What is not the public Internet (IANA's registries of special-purpose addresses), metadata services first. */
const SPECIAL: readonly (readonly [Range, string])[] = [
  ...of('a metadata address', '169.254.169.254/32', '168.63.129.16/32', '100.100.100.200/32'),
  ...of('a metadata address', 'fd00:ec2::254/128', 'fd20:ce::254/128'),
  ...of('an unspecified address', '0.0.0.0/8', '::/128'),
  ...of('a loopback address', '127.0.0.0/8', '::1/128'),
  ...of('a private address', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fec0::/10'),
  ...of('a shared address of a carrier', '100.64.0.0/10'),
  ...of('a link-local address', '169.254.0.0/16', 'fe80::/10'),
  ...of('a unique-local address', 'fc00::/7'),
  ...of('a multicast address', '224.0.0.0/4', 'ff00::/8'),
  ...of('a reserved address', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '198.18.0.0/15'),
  ...of('a reserved address', '198.51.100.0/24', '203.0.113.0/24', '240.0.0.0/4'),
  ...of('a reserved address', '192.31.196.0/24', '192.175.48.0/24', '2620:4f:8000::/48'),
  ...of('a reserved address', '2001::/23', '2001:db8::/32', '3fff::/20'),
];

function of(kind: string, ...ranges: readonly string[]): readonly (readonly [Range, string])[] {
  return ranges.map((text) => [toRange(text), kind] as const);
}
