import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../../src/adapters/sqlite/database.ts';
import { openStore } from '../../../src/adapters/sqlite/store.ts';
import type { Store } from '../../../src/ports.ts';
import { event } from '../../contract/store-changes.ts';
import { eventually } from '../../helpers/eventually.ts';
import { createTempFolder } from '../../helpers/temp-folder.ts';

describe('The state file', () => {
  it('holds every commit that returned before the process was killed, each one whole', async () => {
    const file = join(await createTempFolder(), 'state.db');

    const committed = await commitUntilKilled(file);

    const store = open(file);
    const events = store.events(0, 100_000);
    expect(events.length).toBeGreaterThanOrEqual(committed);
    expect(events.at(-1)?.number).toBe(events.length);
    expect(store.histories().get('echo')?.changedAtMs).toBe(events.length);
    store.commit([event('echo')]);
    expect(store.events(events.length, 10)).toMatchObject([{ number: events.length + 1 }]);
  });

  it('is named once when several processes make it at the same moment', async () => {
    const file = join(await createTempFolder(), 'state.db');
    const openers = await Promise.all([1, 2, 3, 4].map(() => prepareOpening(file)));

    const producers = await Promise.all(openers.map((openNow) => openNow()));

    expect([...new Set(producers)]).toEqual([open(file).producer]);
  });

  it('takes the whole commit or nothing when the disk is full, and the next one when it is not', async () => {
    const file = join(await createTempFolder(), 'state.db');
    const database = openDatabase(file);
    onTestFinished(() => database.close());
    const { connection } = database;
    connection.exec("INSERT INTO facts VALUES ('before', '1')");
    const pages = Number(connection.prepare('PRAGMA page_count').get()?.['page_count']);
    connection.exec(`PRAGMA max_page_count = ${pages}`);

    const write = () =>
      database.write(() => {
        connection.exec("INSERT INTO facts VALUES ('half', '1')");
        connection.prepare("INSERT INTO facts VALUES ('big', ?)").run('x'.repeat(100_000));
      });

    expect(write).toThrow(
      expect.objectContaining({
        code: 'STATE_UNWRITABLE',
        message: expect.stringContaining(file),
        hint: expect.stringContaining('free space'),
      }),
    );
    expect(factsOf(connection)).toEqual(['before']);
    connection.exec('PRAGMA max_page_count = 1000000');
    write();
    expect(factsOf(connection)).toEqual(['before', 'big', 'half']);
  });
});

describe('A state file that cannot be used', () => {
  it('is an error at the next commit when it was removed while it was open', async () => {
    const file = join(await createTempFolder(), 'state.db');
    const store = open(file);
    await rm(file);

    expect(() => store.commit([event('echo')])).toThrow(
      expect.objectContaining({
        code: 'STATE_UNWRITABLE',
        message: `${file} was removed or replaced while it was in use`,
        hint: expect.stringContaining('restart'),
      }),
    );
    expect(store.events(0, 10)).toEqual([]);
  });

  it('is left as it is when a newer release wrote it', async () => {
    const file = join(await createTempFolder(), 'state.db');
    open(file).close();
    runSql(file, 'PRAGMA user_version = 99');
    const before = await readFile(file);

    expect(() => open(file)).toThrow(/newer.*version 99.*knows 4/);
    expect(() => open(file)).toThrow(expect.objectContaining({ code: 'STATE_NEWER' }));

    expect((await readFile(file)).equals(before)).toBe(true);
  });

  it('is an error with path and way out when it is no state file', async () => {
    const file = join(await createTempFolder(), 'state.db');
    await writeFile(
      file,
      'not a database, though it is long enough to look like one\n'.repeat(100),
    );

    expect(() => open(file)).toThrow(
      expect.objectContaining({
        code: 'STATE_UNWRITABLE',
        message: expect.stringContaining(file),
        hint: expect.stringContaining('move the file away'),
      }),
    );
  });

  it('is an error with path and way out when its folder cannot be made', async () => {
    const blocker = join(await createTempFolder(), 'blocker');
    await writeFile(blocker, '');

    expect(() => open(join(blocker, 'state', 'state.db'))).toThrow(
      expect.objectContaining({
        code: 'STATE_UNWRITABLE',
        message: expect.stringContaining(blocker),
        hint: expect.stringContaining('writable'),
      }),
    );
  });
});

function open(file: string): Store {
  const store = openStore({ file, source: '/test', clock: Date.now, keepUndelivered: true });
  onTestFinished(() => store.close());
  return store;
}

function runSql(file: string, sql: string): void {
  const connection = new DatabaseSync(file);
  connection.exec(sql);
  connection.close();
}

function factsOf(connection: DatabaseSync): readonly unknown[] {
  return connection
    .prepare('SELECT name FROM facts ORDER BY name')
    .all()
    .map((row) => row['name']);
}

/** Answers a way to let a waiting process open the file, and to learn the producer that it sees. */
async function prepareOpening(file: string): Promise<() => Promise<string | undefined>> {
  const program = fileURLToPath(new URL('./opening-process.ts', import.meta.url));
  const child = spawn(process.execPath, [program, file], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await eventually(() => expect(output).toBe('ready\n'));
  return async () => {
    const closed = once(child, 'close');
    child.stdin.end();
    await closed;
    return output.split('\n')[1];
  };
}

/** Answers the last commit that the killed process told of. */
async function commitUntilKilled(file: string): Promise<number> {
  const program = fileURLToPath(new URL('./committing-process.ts', import.meta.url));
  const child = spawn(process.execPath, [program, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const closed = once(child, 'close');
  await eventually(() => expect(output.length).toBeGreaterThan(100));
  child.kill('SIGKILL');
  await closed;
  return Number(output.trimEnd().split('\n').at(-1));
}
