import { expect, it } from 'vitest';
import type { Secrets } from '../../src/ports.ts';

/** One provider and how its values come to be. */
interface SecretsUnderTest {
  /** Opens secrets with this provider as the default one, on the same installation each time. */
  readonly open: () => Secrets;
  /** Writes the value that `/path#KEY` means. */
  readonly set: (path: string, key: string, value: string) => Promise<void>;
  readonly remove: (path: string, key: string) => Promise<void>;
}

type Create = () => Promise<SecretsUnderTest>;

const KEY = 'MCP_SECRET_TOKEN';
const REFERENCE = `/mcp/echo#${KEY}`;
const VALUE = 'planted-hunter2-value';
const soon = () => AbortSignal.timeout(10_000);

/** What every provider promises: call it inside a `describe`. */
export function secretsContract(create: Create): void {
  versionContract(create);
  absenceContract(create);
}

function versionContract(create: Create): void {
  it('answers the value and a version that does not hold it', async () => {
    const { open, set } = await create();
    await set('mcp/echo', KEY, VALUE);
    const secrets = open();

    expect(await secrets.resolve([REFERENCE], soon())).toEqual(new Map([[REFERENCE, VALUE]]));
    expect(await versionOf(secrets)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{12}$/);
  });

  it('keeps the version after a restart and while the value is the same', async () => {
    const { open, set } = await create();
    await set('mcp/echo', KEY, VALUE);
    const before = await versionOf(open());
    await set('mcp/echo', KEY, VALUE);

    expect(await versionOf(open())).toBe(before);
  });

  it('changes the version with the value, at once, under the same key', async () => {
    const { open, set } = await create();
    const secrets = open();
    await set('mcp/echo', KEY, VALUE);
    const before = await versionOf(secrets);

    await set('mcp/echo', KEY, VALUE.toUpperCase());

    const after = await versionOf(secrets);
    expect(after).not.toBe(before);
    expect(after.slice(0, 9)).toBe(before.slice(0, 9));
  });

  it('gives the same value another version under another reference', async () => {
    const { open, set } = await create();
    await set('', KEY, VALUE);
    const references = [`/#${KEY}`, `secret_ref:${KEY}`];

    const versions = await open().versions(references, soon());

    expect(versions.get(references[0]!)).toMatchObject({ kind: 'known' });
    expect(versions.get(references[1]!)).toMatchObject({ kind: 'known' });
    expect(versions.get(references[0]!)).not.toEqual(versions.get(references[1]!));
  });
}

function absenceContract(create: Create): void {
  it('says what is missing by reference, never throwing for a version', async () => {
    const { open, set, remove } = await create();
    const secrets = open();
    await set('mcp/echo', KEY, VALUE);
    await versionOf(secrets);
    await remove('mcp/echo', KEY);

    const states = await secrets.versions([REFERENCE], soon());

    expect(states.get(REFERENCE)).toEqual({
      kind: 'missing',
      cause: expect.stringContaining(`secret ${REFERENCE}: `),
    });
    await expect(secrets.resolve([REFERENCE], soon())).rejects.toMatchObject({
      code: 'SECRET_MISSING',
      message: expect.stringContaining(REFERENCE),
    });
  });

  it('takes an empty value for a missing one', async () => {
    const { open, set } = await create();
    await set('mcp/echo', KEY, '');

    expect((await open().versions([REFERENCE], soon())).get(REFERENCE)).toMatchObject({
      kind: 'missing',
    });
  });

  it('refuses what is no reference without repeating it', async () => {
    const secrets = (await create()).open();
    const values = [VALUE, `secret_ref:a:b:${VALUE}`, `sk-${VALUE}#x`, `/a#b c ${VALUE}`, ''];

    const states = await secrets.versions(values, soon());

    for (const value of values) expect(states.get(value)).toMatchObject({ kind: 'refused' });
    expect(JSON.stringify([...states.values()])).not.toContain(VALUE);
    await expect(secrets.resolve([VALUE], soon())).rejects.toMatchObject({
      code: 'SECRET_REFUSED',
      message: expect.not.stringContaining(VALUE),
    });
  });

  it('answers in time though nothing could be read', async () => {
    const { open, set } = await create();
    await set('mcp/echo', KEY, VALUE);
    const secrets = open();

    const states = await secrets.versions([REFERENCE], AbortSignal.abort());

    expect(states.get(REFERENCE)).toMatchObject({ kind: 'unavailable' });
    await expect(secrets.resolve([REFERENCE], AbortSignal.abort())).rejects.toMatchObject({
      code: 'SECRETS_UNAVAILABLE',
    });
  });
}

async function versionOf(secrets: Secrets): Promise<string> {
  const state = (await secrets.versions([REFERENCE], soon())).get(REFERENCE);
  if (state?.kind !== 'known') throw new Error(`no version: ${JSON.stringify(state)}`);
  return state.version;
}
