import { Command } from 'commander';
import { expect, test } from 'vitest';
import { COMMANDS } from '../src/cli/command-table.ts';
import { SETTINGS } from '../src/settings.ts';
import { formatTable } from './helpers/markdown-table.ts';

// The page is written by this test: `npm test -- test/configuration-page.test.ts -u`.
test('the page about configuration says what the program reads', async () => {
  await expect(await formatPage()).toMatchFileSnapshot('../docs/configuration.md');
});

async function formatPage(): Promise<string> {
  const settings = Object.values(SETTINGS).map((setting) => [
    [setting.name, ...(setting.aliases ?? [])].map(code).join(', '),
    setting.flag === undefined ? '' : code(setting.flag),
    'value' in setting ? code(setting.value) : setting.otherwise,
    toMeaning(setting),
  ]);
  return `# Configuration

Everything is read once at the start, from the environment and from flags; a flag wins. An empty
variable counts as unset. All mistakes are reported together, and the exit code is then 1. Variables
of the platform that this version does not use are left alone.

${formatTable(['Variable', 'Flag', 'Default', 'Meaning'], settings)}

Standard variables are honoured too: \`XDG_STATE_HOME\`, \`XDG_RUNTIME_DIR\` and \`HOME\`,
and \`NODE_EXTRA_CA_CERTS\` for the certificates of remote servers. Commands that ask a manager
elsewhere read its address from \`MCP_MANAGER_SERVER\` and the file with the token from
\`MCP_MANAGER_TOKEN_FILE\`. Commands that work on the fleet of this machine alone are then refused; with
\`--server ''\` that fleet is meant, by every command. \`run\` and what looks at files alone pass the variable over.

## Commands and their flags

Every command also takes \`--desired\`, \`--templates\`, \`--state-dir\`, \`--runtime\`, \`--server\`,
\`--token-file\`, \`--json\`, \`--no-color\` and \`--help\`.

${formatTable(['Command', 'Meaning', 'Flags'], await Promise.all(COMMANDS.map(toCommandRow)))}

## Exit codes

${formatTable(['Command', 'Exit codes'], EXIT_CODES)}
`;
}

function toMeaning({ description, parser }: (typeof SETTINGS)[keyof typeof SETTINGS]): string {
  return parser.expected === 'a text'
    ? description
    : `${description} ${capitalised(parser.expected)}.`;
}

const EXIT_CODES = [
  ['`plan --detailed-exitcode`', '0 no changes, 1 error, 2 changes'],
  ['`diff`', '0 no differences, 1 differences, 2 error'],
  ['`validate`', '0 valid, 1 problems or error'],
  [
    '`apply`',
    '0 converged, or begun with `--no-wait`, 1 error, failed or blocked, 3 stale plan, 4 not verified, 5 lock held',
  ],
  ['`call`', '0 the tool answered, 1 it answered with an error, or nothing did'],
  ['`health`', '0 a manager answers, 1 none does'],
  ['all others', '0 done, 1 error, 5 lock held, 130 interrupted; without a manager as `apply`'],
];

async function toCommandRow({ name, summary, load }: (typeof COMMANDS)[number]) {
  const { define } = await load();
  const command = define(new Command(name));
  const words = command.registeredArguments.map((argument) =>
    argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
  );
  const flags = command.options.map(({ flags: written }) => code(written));
  return [code([name, ...words].join(' ')), summary, flags.join(', ')];
}

function code(text: string): string {
  return `\`${text}\``;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
