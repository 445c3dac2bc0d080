import { Argument, InvalidArgumentError, Option } from 'commander';
import type { NewToken, TokenRecord, Tokens } from '../../access-ports.ts';
import { tokensFileIn } from '../../api-config.ts';
import { stateFolderOf } from '../../config.ts';
import { AppError } from '../../errors.ts';
import { ROLES, type Role } from '../../model/access.ts';
import { note, say, sayJson, type CliCommand, type CliContext } from '../context.ts';
import { FAILED, OK } from '../exit-code.ts';
import { formatTable } from '../terminal.ts';

interface TokenOptions {
  readonly role?: Role;
  readonly workspace?: string;
  /** Milliseconds. */
  readonly expires?: number;
  readonly name?: string;
}

/** Tokens for the API: a manager that runs takes a change within a second. */
export const tokenCommand: CliCommand<TokenOptions> = {
  worksHere: { why: 'the file of tokens lies where the manager runs', variable: 'refused' },
  define: (command) =>
    command
      .addArgument(new Argument('<action>', 'what to do').choices(['create', 'list', 'revoke']))
      .argument('[id]', 'of the token to revoke')
      .addOption(new Option('--role <role>', 'what it may do').choices([...ROLES]))
      .option('--workspace <id>', 'only for the services of this workspace', parseWord)
      .option('--expires <span>', 'after so long it is worth nothing: 12h, 30d', parseLifetime)
      .option('--name <name>', 'what it is for, as the audit names it', parseWord),
  examples: [
    ['token create --role write --name ci --expires 90d', 'prints the token, this once'],
    ['token create --role read --workspace w1', 'may see the services of one workspace'],
    ['token list', 'tells all but the tokens themselves'],
    ['token revoke 0123456789ab', 'ends also the streams that were opened with it'],
  ],
  async run(context, options, [action, id]) {
    const path = await findFile(context);
    const tokens = await context.openTokens(path);
    if (action === 'list') return list(context, tokens);
    if (action === 'revoke') return revoke(context, tokens, id);
    return create(context, { tokens, path }, options);
  },
};

async function create(
  context: CliContext,
  { tokens, path }: { readonly tokens: Tokens; readonly path: string },
  { role, workspace, expires, name = '' }: TokenOptions,
): Promise<number> {
  if (role === undefined) {
    throw new AppError('REFUSED', 'no role was said', { hint: `--role ${ROLES.join(', ')}` });
  }
  const wanted: NewToken = {
    name,
    role,
    ...(workspace !== undefined && { workspace }),
    ...(expires !== undefined && { expiresAtMs: context.clock() + expires }),
  };
  const { token, ...record } = await tokens.create(wanted);
  if (context.json) sayJson(context, { ...record, token });
  else {
    say(context, token);
    note(context, `Token ${record.id} is shown this once; its hash lies in ${path}.`);
  }
  return OK;
}

async function list(context: CliContext, tokens: Tokens): Promise<number> {
  const records = await tokens.list();
  if (context.json) sayJson(context, records);
  else say(context, records.length === 0 ? 'There is no token.' : formatRecords(records, context));
  return OK;
}

function formatRecords(records: readonly TokenRecord[], { clock }: CliContext): string {
  const rows = records.map(({ id, name, role, workspace = 'all', createdAtMs, expiresAtMs }) => [
    id,
    name,
    role,
    workspace,
    formatDay(createdAtMs),
    formatExpiry(expiresAtMs, clock()),
  ]);
  return formatTable([['ID', 'NAME', 'ROLE', 'WORKSPACE', 'CREATED', 'EXPIRES'], ...rows]);
}

function formatExpiry(expiresAtMs: number | undefined, nowMs: number): string {
  if (expiresAtMs === undefined) return 'never';
  return `${formatDay(expiresAtMs)}${expiresAtMs <= nowMs ? ' (expired)' : ''}`;
}

function formatDay(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16)}Z`;
}

async function revoke(
  context: CliContext,
  tokens: Tokens,
  id: string | undefined,
): Promise<number> {
  if (id === undefined) {
    throw new AppError('REFUSED', 'no token was named', { hint: '`token list` tells their ids' });
  }
  const isRevoked = await tokens.revoke(id);
  if (context.json) sayJson(context, { id, revoked: isRevoked });
  else if (isRevoked) say(context, `Token ${id} is worth nothing any more.`);
  else note(context, `There is no token ${id}; \`token list\` tells their ids.`);
  return isRevoked ? OK : FAILED;
}

async function findFile(context: CliContext): Promise<string> {
  const config = context.config();
  if (config.api.tokensFile !== undefined) return config.api.tokensFile;
  const known = config.managerId ?? (await context.readManagerId(config));
  if (known === undefined && config.stateFolder === undefined) {
    throw new AppError('MANAGER_ID_MISSING', 'the fleet has no id yet, and so no file of tokens', {
      hint: 'start `mcp-manager run` once, or name a file in AUTH_TOKENS_FILE',
    });
  }
  return tokensFileIn(config.api, stateFolderOf(config, known ?? ''));
}

const LONGEST_WORD = 100;

function parseWord(text: string): string {
  // oxlint-disable-next-line no-control-regex -- those would forge lines of a log
  if (text !== '' && text.length <= LONGEST_WORD && !/[\u0000-\u001f\u007f]/.test(text))
    return text;
  throw new InvalidArgumentError(`Expected 1 to ${LONGEST_WORD} characters.`);
}

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Longer than the durations of settings. */
function parseLifetime(text: string): number {
  const [, count, unit = ''] = /^([1-9]\d{0,4})([mhd])$/.exec(text) ?? [];
  if (count !== undefined) return Number(count) * (UNIT_MS[unit] ?? 0);
  throw new InvalidArgumentError('Expected a number of minutes, hours or days: 30m, 12h, 90d.');
}
