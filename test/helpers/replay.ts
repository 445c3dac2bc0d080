import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ManagerProcess } from './manager.ts';

/** One recorded request with the answer that the contract gives it. */
export interface RecordedStep {
  /** Method and path as the contract has them. */
  readonly row: string;
  /** With its values; the row's own when absent. */
  readonly path?: string;
  readonly body?: unknown;
  readonly status: number;
  /**
   * Every member by its name, `name?` where it may be left out. `<time>`, `<text>`, `<count>`, `<url>`,
   * `<duration>`, `<image>`, `<size>` stand for any value of that form, `<base>` for BASE.
   */
  readonly answer: unknown;
  /** Only where images run. */
  readonly on?: 'podman';
}

/** What `MCP_PROXY_HOST` says while requests are replayed. */
export const BASE = 'http://localhost:7999';

const FILE = fileURLToPath(new URL('../fixtures/platform/requests.json', import.meta.url));

export function readRecordedSteps(): readonly RecordedStep[] {
  return JSON.parse(readFileSync(FILE, 'utf8'));
}

/** Sends the steps in their order; answers every difference from the contract, each with its place. */
export async function replay(
  url: string,
  steps: readonly RecordedStep[],
): Promise<readonly string[]> {
  const differences: string[] = [];
  for (const [at, step] of steps.entries()) {
    const { row, path, body, status, answer } = step;
    const [method = '', pattern = ''] = row.split(' ');
    const response = await fetch(`${url}${path ?? pattern}`, {
      method,
      redirect: 'manual',
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const where = `${at + 1} ${method} ${path ?? pattern}`;
    if (response.status !== status) differences.push(`${where}: ${response.status} ${text}`);
    else if (answer !== null) {
      differences.push(...differencesIn(answer, JSON.parse(text), where));
    }
  }
  return differences;
}

/** Where a manager serves its API over TCP. */
export async function apiUrlOf(manager: Pick<ManagerProcess, 'said' | 'stdout'>): Promise<string> {
  await manager.said(/The API is at/);
  const [, url] = /The API is at (http:\/\/[^;\s]+[^;\s.])/.exec(manager.stdout()) ?? [];
  if (url === undefined) throw new Error(`no address in ${manager.stdout()}`);
  return url;
}

function differencesIn(wanted: unknown, found: unknown, where: string): readonly string[] {
  if (Array.isArray(wanted)) return differencesInList(wanted, found, where);
  if (typeof wanted === 'object' && wanted !== null) return differencesInMap(wanted, found, where);
  const isSame = typeof wanted === 'string' ? matches(wanted, found) : wanted === found;
  const words = `${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`;
  return isSame ? [] : [`${where}: ${words}`];
}

function differencesInList(wanted: readonly unknown[], found: unknown, where: string) {
  if (!Array.isArray(found) || found.length !== wanted.length) {
    return [`${where}: ${JSON.stringify(found)}, not a list of ${wanted.length}`];
  }
  return wanted.flatMap((item, index) => differencesIn(item, found[index], `${where}[${index}]`));
}

function differencesInMap(wanted: object, found: unknown, where: string) {
  if (typeof found !== 'object' || found === null) return [`${where}: ${JSON.stringify(found)}`];
  const values = new Map<string, unknown>(Object.entries(found));
  const members = Object.entries(wanted).map(
    ([key, value]) => [key.replace(/\?$/, ''), key.endsWith('?'), value] as const,
  );
  const known = new Set(members.map(([name]) => name));
  return [
    ...[...values.keys()].filter((name) => !known.has(name)).map((name) => `${where}: ${name} too`),
    ...members.flatMap(([name, isOptional, value]): readonly string[] => {
      if (!values.has(name)) return isOptional ? [] : [`${where}: no ${name}`];
      return differencesIn(value, values.get(name), `${where}.${name}`);
    }),
  ];
}

const FORMS: Readonly<Record<string, RegExp>> = {
  '<time>': /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/,
  '<text>': /./,
  '<url>': /^http:\/\//,
  '<duration>': /^(\d+h)?(\d+m)?\d+(\.\d+)?(s|ms)$/,
  '<image>': /^(mcp\/echo:latest)?$/,
  '<size>': /^\d+ bytes$/,
};

function matches(wanted: string, found: unknown): boolean {
  if (wanted === '<count>') return typeof found === 'number' && found >= 0;
  if (typeof found !== 'string') return false;
  const form = FORMS[wanted];
  return form ? form.test(found) : found === wanted.replace('<base>', BASE);
}
