import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Authenticator } from '../access-ports.ts';
import { openTokenAuthenticator } from '../adapters/tokens/authenticator.ts';
import { openTokenFile } from '../adapters/tokens/token-file.ts';
import { tokensFileIn, type ApiConfig } from '../api-config.ts';
import { writeFileAtomically } from '../atomic-file.ts';
import type { Access } from '../cli/host.ts';
import type { Clock, Log } from '../ports.ts';

export interface AccessOptions {
  readonly stateFolder: string;
  readonly log: Log;
  readonly clock: Clock;
}

/** Tokens of the file, and of the issuer where there is one. With nothing set up, the first start makes a token. */
export async function openAccess(api: ApiConfig, options: AccessOptions): Promise<Access> {
  if (api.auth === 'off') return {};
  const path = tokensFileIn(api, options.stateFolder);
  const adminTokenFile = join(options.stateFolder, 'admin-token');
  const isSetUp = api.tokensFile !== undefined || api.oidc !== undefined || existsSync(path);
  if (!isSetUp) await makeFirstToken(path, adminTokenFile, options);
  const mayBeAbsent = api.tokensFile === undefined;
  const tokens = openTokenAuthenticator({ path, mayBeAbsent, ...options });
  const issuer = await openIssuer(api);
  return {
    authenticator: issuer ? oneOrOther(tokens, issuer) : tokens,
    ...(existsSync(adminTokenFile) && { adminTokenFile }),
  };
}

/** Where a start dies between the two, `mcp-manager token create` makes the next one. */
async function makeFirstToken(
  path: string,
  adminTokenFile: string,
  { clock, log }: AccessOptions,
): Promise<void> {
  const { token } = await openTokenFile({ path, clock }).create({ name: 'first', role: 'admin' });
  await writeFileAtomically(adminTokenFile, `${token}\n`, { mode: 0o600 });
  log.info({ file: adminTokenFile }, 'a token for the API was made: it may do everything');
}

async function openIssuer({ oidc }: ApiConfig): Promise<Authenticator | undefined> {
  if (!oidc) return undefined;
  const { openJwtAuthenticator } = await import('../adapters/jwt/authenticator.ts');
  return openJwtAuthenticator(oidc);
}

/** The forms of the two differ: only one of them ever knows a token. */
function oneOrOther(one: Authenticator, other: Authenticator): Authenticator {
  return {
    async authenticate(token) {
      const known = await one.authenticate(token);
      return known.kind === 'unknown' ? other.authenticate(token) : known;
    },
    troubles: () => [...one.troubles(), ...other.troubles()],
  };
}
