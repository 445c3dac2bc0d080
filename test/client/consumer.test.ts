import { execFile } from 'node:child_process';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createTempFolder } from '../helpers/temp-folder.ts';
import { serveGuarded } from '../http/guarded-app.ts';

const run = promisify(execFile);
const TSC = join(process.cwd(), 'node_modules/typescript/bin/tsc');

const PROGRAM = `import { ApiError, createClient } from 'mcp-manager/client';

const [url = '', token = ''] = process.argv.slice(2);
const client = createClient({ url, token });
const { state, conditions } = await client.call('getService', { path: { name: 'echo' } });
console.log(state satisfies string, conditions.length);

for await (const event of client.stream('readEvents', { query: { service: 'echo' } })) {
  console.log(event.type satisfies string);
}
await client.call('getService', { path: { name: 'nobody' } }).catch((error: unknown) => {
  if (error instanceof ApiError) console.log(error.problem.code, error.problem.status);
});

export async function mistakes(): Promise<void> {
  // @ts-expect-error -- there is no such operation
  await client.call('getNothing', {});
  // @ts-expect-error -- the name is missing
  await client.call('getService', {});
  // @ts-expect-error -- no such answer
  (await client.call('whoami', {})).password;
  // @ts-expect-error -- it does not answer item by item
  client.stream('whoami', {});
}
`;

const SETTINGS = {
  compilerOptions: {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    module: 'nodenext',
    target: 'es2024',
    lib: ['es2024', 'dom'],
    types: [],
    skipLibCheck: false,
    noEmit: true,
  },
  include: ['*.ts'],
};

test('a program of somebody else compiles against the client and calls the API with it', async () => {
  const folder = await makeConsumer();
  await run(process.execPath, [TSC, '--project', folder]);
  const served = await serveGuarded();
  const token = await served.makeToken({ role: 'read' });
  const program = join(folder, 'program.ts');
  const { stdout } = await run(process.execPath, [program, served.url, token]);
  const started = 'io.mcpmanager.service.started';
  expect(stdout.trim().split('\n')).toEqual(['Running 1', started, started, 'SERVICE_UNKNOWN 404']);
});

/** A project with the package as it would be installed: what its files name, and nothing else. */
async function makeConsumer(): Promise<string> {
  const folder = await createTempFolder();
  const installed = join(folder, 'node_modules/mcp-manager');
  await mkdir(installed, { recursive: true });
  await cp('package.json', join(installed, 'package.json'));
  const dist = join(installed, 'dist/client');
  await run(process.execPath, [TSC, '--project', 'tsconfig.client.json', '--outDir', dist]);
  const declared = 'declare const process: { readonly argv: string[] };\n';
  const files = {
    'package.json': { type: 'module' },
    'tsconfig.json': SETTINGS,
  };
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), JSON.stringify(content));
  }
  await writeFile(join(folder, 'program.ts'), PROGRAM);
  await writeFile(join(folder, 'process.d.ts'), declared);
  return folder;
}
