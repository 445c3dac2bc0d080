import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Argument } from 'commander';
import type { CliCommand } from '../context.ts';
import { OK } from '../exit-code.ts';

const SCHEMAS = ['desired', 'template', 'plan', 'event', 'status'] as const;

/** Prints one of the published schemas as it is. */
export const schemaCommand: CliCommand = {
  worksHere: { why: 'it asks no manager', variable: 'ignored' },
  define: (command) =>
    command.addArgument(new Argument('[name]', 'which schema').choices(SCHEMAS).default('desired')),
  examples: [
    ['schema > desired.schema.json', 'lets an editor complete and check the documents'],
    ['schema plan', 'what `plan --json` prints'],
  ],
  async run({ schemasFolder, terminal }, _options, [name = 'desired']) {
    terminal.write(await readFile(join(schemasFolder, `${name}.schema.json`), 'utf8'));
    return OK;
  },
};
