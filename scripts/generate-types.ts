// Writes the TypeScript types of the JSON Schemas (`npm run gen`); with `--check` it only says whether they are current.
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { compileFromFile } from 'json-schema-to-typescript';

export interface GeneratedTypes {
  readonly schema: string;
  readonly output: string;
}

/** Add `{schema, output}` here for the types of one more schema. */
export const GENERATED: readonly GeneratedTypes[] = [
  { schema: 'desired.schema.json', output: 'src/desired/documents.gen.ts' },
  { schema: 'template.schema.json', output: 'src/desired/templates.gen.ts' },
];

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The TypeScript text for one schema, as the formatter would leave it. */
export async function generateTypes({ schema, output }: GeneratedTypes): Promise<string> {
  const text = await compileFromFile(`${ROOT}schemas/${schema}`, {
    cwd: `${ROOT}schemas`,
    additionalProperties: false,
    bannerComment: `// Made from schemas/${schema} by \`npm run gen\`. Edit the schema, not this file.\n// oxlint-disable typescript/no-duplicate-type-constituents`,
    style: { singleQuote: true, printWidth: 100 },
  });
  return formatSource(text, output);
}

/** Outputs whose text on disk is not what their schema says. */
export async function findStale(): Promise<readonly string[]> {
  const stale: string[] = [];
  for (const generated of GENERATED) {
    const current = await readFile(`${ROOT}${generated.output}`, 'utf8').catch(() => '');
    if (current !== (await generateTypes(generated))) stale.push(generated.output);
  }
  return stale;
}

function formatSource(text: string, file: string): string {
  const formatter = `${ROOT}node_modules/oxfmt/bin/oxfmt`;
  const args = [formatter, `--stdin-filepath=${file}`];
  const result = spawnSync(process.execPath, args, { cwd: ROOT, input: text, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`oxfmt could not format ${file}: ${result.stderr}`);
  return result.stdout;
}

async function main(): Promise<void> {
  if (!process.argv.includes('--check')) {
    for (const generated of GENERATED) {
      await writeFile(`${ROOT}${generated.output}`, await generateTypes(generated));
    }
    return;
  }
  const stale = await findStale();
  if (stale.length === 0) return;
  console.error(
    `Not what the schemas say: ${stale.join(', ')}. Run \`npm run gen\` and commit the result.`,
  );
  process.exitCode = 1;
}

if (import.meta.main) await main();
