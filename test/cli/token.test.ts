import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createTempFolder } from '../helpers/temp-folder.ts';
import { runCommand } from './run-command.ts';

async function open() {
  const stateFolder = await createTempFolder();
  return {
    file: join(stateFolder, 'tokens.json'),
    token: (line: string) => runCommand(`token ${line}`, { stateFolder }),
  };
}

describe('token', () => {
  test('create prints the token alone on standard output, and keeps no more than its hash', async () => {
    const { token, file } = await open();
    const { code, out, err } = await token('create --role write --name ci --expires 30d');
    expect(code).toBe(0);
    expect(out).toMatch(/^mcpm_[0-9a-f]{12}_[\w-]{43}\n$/);
    expect(err).toContain('is shown this once');
    expect(err).not.toContain(out.trim());
    expect(await readFile(file, 'utf8')).not.toContain(out.trim().split('_').slice(2).join('_'));
  });

  test('list tells what each may do and until when, and no token', async () => {
    const { token } = await open();
    await token('create --role admin');
    await token('create --role read --workspace w1 --name ui --expires 12h');
    const { out } = await token('list');
    expect(out).toMatch(/admin +all +\S+ +never/);
    expect(out).toMatch(/ui +read +w1 +2026-01-01T00:01Z +2026-01-01T12:01Z/);
    expect(out).not.toMatch(/mcpm_|scrypt/);
    const json = JSON.parse((await token('list --json')).out);
    expect(json).toMatchObject([{ role: 'admin' }, { role: 'read', workspace: 'w1', name: 'ui' }]);
  });

  test('revoke takes one away, and says when there is none', async () => {
    const { token } = await open();
    const { id } = JSON.parse((await token('create --role read --json')).out);
    expect(await token(`revoke ${id}`)).toMatchObject({ code: 0 });
    expect((await token('list')).out).toContain('There is no token.');
    expect(await token(`revoke ${id}`)).toMatchObject({ code: 1 });
  });

  test.each([
    ['create', 'no role was said'],
    ['create --role owner', 'Allowed choices are read, write, admin'],
    ['create --role read --expires 30', 'Expected a number of minutes, hours or days'],
    ['create --role read --expires 0d', 'Expected a number of minutes, hours or days'],
    [`create --role read --name ${'a'.repeat(101)}`, 'Expected 1 to 100 characters'],
    ['revoke', 'no token was named'],
    ['destroy', 'Allowed choices are create, list, revoke'],
  ])('%s is refused and writes nothing', async (line, words) => {
    const { token, file } = await open();
    const { code, out, err } = await token(line);
    expect(code).not.toBe(0);
    expect(out).toBe('');
    expect(err).toContain(words);
    await expect(readFile(file)).rejects.toThrow('ENOENT');
  });
});
