// Writes the description of the API and the types of its client (`npm run gen`); with `--check` it only says whether
// they are current.
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { compile } from 'json-schema-to-typescript';
import { createApp } from '../src/http/app.ts';
import { VERSION } from '../src/version.ts';
import { type Description, toCalls, toClientSchema } from './client-schema.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DESCRIPTION = 'schemas/openapi.json';
const CLIENT = 'src/client/api.gen.ts';
const BANNER = `// Made from ${DESCRIPTION} by \`npm run gen\`. Edit the routes, not this file.\n// oxlint-disable typescript/no-duplicate-type-constituents, typescript/no-redundant-type-constituents`;

/** Files whose text on disk is not what the routes say. */
export async function findStaleApi(): Promise<readonly string[]> {
  const stale: string[] = [];
  for (const [file, text] of await generate()) {
    const current = await readFile(`${ROOT}${file}`, 'utf8').catch(() => '');
    if (current !== text) stale.push(file);
  }
  return stale;
}

async function generate(): Promise<readonly (readonly [file: string, text: string])[]> {
  const description = await readDescription();
  const types = await compile(toClientSchema(description), 'Operations', {
    bannerComment: BANNER,
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
    unreachableDefinitions: true,
    style: { singleQuote: true, printWidth: 100 },
  });
  const calls = `/** Where each operation lies. */\nexport const CALLS = ${JSON.stringify(toCalls(description))} as const;\n`;
  return [
    [DESCRIPTION, format(JSON.stringify(description), DESCRIPTION)],
    [CLIENT, format(`${types}\n${calls}`, CLIENT)],
  ];
}

/** Of the whole API. Nobody asks a route anything: only what they say of themselves is read. */
async function readDescription(): Promise<Description> {
  const nobody = Object.create(null);
  const platform = { inspection: nobody, startupMs: 0, limit: {} };
  const app = createApp({
    control: nobody,
    answers: nobody,
    log: console,
    version: VERSION,
    platform,
  });
  const answer = await app.inject('/openapi.json');
  await app.close();
  return answer.json<Description>();
}

function format(text: string, file: string): string {
  const args = [`${ROOT}node_modules/oxfmt/bin/oxfmt`, `--stdin-filepath=${file}`];
  const result = spawnSync(process.execPath, args, {
    cwd: ROOT,
    input: text,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (result.status !== 0) throw new Error(`oxfmt could not format ${file}: ${result.stderr}`);
  return result.stdout;
}

async function main(): Promise<void> {
  if (!process.argv.includes('--check')) {
    for (const [file, text] of await generate()) await writeFile(`${ROOT}${file}`, text);
    return;
  }
  const stale = await findStaleApi();
  if (stale.length === 0) return;
  console.error(
    `Not what the routes say: ${stale.join(', ')}. Run \`npm run gen\` and commit the result.`,
  );
  process.exitCode = 1;
}

if (import.meta.main) await main();
