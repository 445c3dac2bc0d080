import { Command, CommanderError } from 'commander';
import { formatError } from '../errors.ts';
import { COMMANDS, type CommandEntry } from './command-table.ts';
import { createContext, note, type CliCommand } from './context.ts';
import { exitCodeOf, FAILED, INTERRUPTED, OK } from './exit-code.ts';
import type { CliHost } from './host.ts';
import { refuseServer } from './refuse-server.ts';

const PROGRAM_NAME = 'mcp-manager';
const COMMON_GROUP = 'Common flags:';

/** Runs one command line and answers its exit code. Mistakes are told in words, never as a stack. */
export async function runCli(argv: readonly string[], host: CliHost): Promise<number> {
  let exitCode = OK;
  const { program } = await createProgram(argv, host, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Help and mistakes in flags: commander has already told them.
    if (error instanceof CommanderError) return error.exitCode === 0 ? OK : FAILED;
    throw error;
  }
}

/** The tree of commands; only those that the command line names are loaded, or all for completion. */
async function createProgram(
  argv: readonly string[],
  host: CliHost,
  exit: (code: number) => void,
): Promise<{ readonly program: Command }> {
  const program = createRoot(host);
  const completing = argv[0] === 'completion' || argv[0] === 'complete';
  for (const entry of COMMANDS) {
    const command = program.command(entry.name).summary(entry.summary).helpGroup(entry.group);
    command.description(`${capitalised(entry.summary)}.`).optionsGroup('Flags:');
    if (completing || argv.includes(entry.name)) await loadCommand(command, entry, { host, exit });
    addCommonFlags(command);
  }
  if (completing) await addCompletion(program);
  else addCompletionHelp(program);
  return { program };
}

function createRoot({ terminal, version, environment }: CliHost): Command {
  const plain = (environment['NO_COLOR'] ?? '') !== '';
  return new Command(PROGRAM_NAME)
    .description('Keeps a declared set of MCP servers running.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'explain a command')
    .helpCommand(false)
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .showHelpAfterError(`(\`${PROGRAM_NAME} --help\` explains)`)
    .exitOverride()
    .configureOutput({
      writeOut: terminal.write,
      writeErr: terminal.writeError,
      getOutHelpWidth: () => terminal.columns,
      getErrHelpWidth: () => terminal.columns,
      getOutHasColors: () => terminal.isTerminal && !plain,
      getErrHasColors: () => terminal.isTerminal && !plain,
    })
    .addHelpText(
      'after',
      `\nBegin with \`${PROGRAM_NAME} init\`, then \`${PROGRAM_NAME} plan\` and \`${PROGRAM_NAME} run --runtime process\`.`,
    );
}

function addCommonFlags(command: Command): Command {
  return command
    .optionsGroup(COMMON_GROUP)
    .option('--desired <dir>', 'folder of the documents (DESIRED_DIR)')
    .option('--templates <dir>', 'folder of the templates (TEMPLATES_DIR)')
    .option('--state-dir <dir>', "folder of the manager's state (STATE_DIR)")
    .option('--runtime <name>', 'where services run (BACKEND_ENVIRONMENT)')
    .option('--server <url>', 'ask the manager there, not here (MCP_MANAGER_SERVER)')
    .option('--token-file <file>', 'file with the token for it (MCP_MANAGER_TOKEN_FILE)')
    .option('--json', 'print JSON: the contract for programs')
    .option('--no-color', 'print without colours (NO_COLOR)');
}

interface LoadOptions {
  readonly host: CliHost;
  readonly exit: (code: number) => void;
}

async function loadCommand(
  command: Command,
  entry: CommandEntry,
  { host, exit }: LoadOptions,
): Promise<void> {
  const loaded = await entry.load();
  loaded.define(command).addHelpText('after', formatExamples(loaded));
  command.action(async () => {
    exit(await runCommand(loaded, command, host));
  });
}

/** An error is told here, where the command's own exit code for errors is known. */
async function runCommand(
  { run, errorCode, worksHere }: Pick<CliCommand, 'run' | 'errorCode' | 'worksHere'>,
  command: Command,
  host: CliHost,
): Promise<number> {
  const options = command.opts();
  try {
    if (worksHere) refuseServer({ name: command.name(), worksHere, options }, host);
    return await run(createContext(host, options), options, command.args);
  } catch (error) {
    if (host.signal.aborted) return INTERRUPTED;
    note(host, `Error: ${formatError(error)}`);
    if (host.environment['LOG_LEVEL'] === 'debug' && error instanceof Error) {
      note(host, error.stack ?? '');
    }
    return errorCode ?? exitCodeOf(error);
  }
}

function formatExamples({ examples }: CliCommand): string {
  const lines = examples.map(([line, purpose]) => `  $ ${PROGRAM_NAME} ${line}\n      ${purpose}`);
  return `\nExamples:\n${lines.join('\n')}`;
}

const COMPLETION_SUMMARY = 'print a completion script for a shell';

function addCompletionHelp(program: Command): void {
  program
    .command('completion')
    .summary(COMPLETION_SUMMARY)
    .argument('<shell>', 'zsh, bash, fish or powershell')
    .helpGroup('Help yourself:');
}

async function addCompletion(program: Command): Promise<void> {
  const { default: tab } = await import('@bomb.sh/tab/commander');
  tab(program, { completionCommandName: 'completion' });
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
