import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Authenticator } from '../access-ports.ts';
import { openTokenAuthenticator } from '../adapters/tokens/authenticator.ts';
import { openTokenFile } from '../adapters/tokens/token-file.ts';
import { tokensFileIn, type ApiConfig } from '../api-config.ts';
import { writeFileAtomically } from '../atomic-file.ts';
import type { Access } from '../cli/host.ts';
import { isLoopbackHost } from '../model/host-name.ts';
import type { Clock, Log } from '../ports.ts';

export interface AccessOptions {
  readonly stateFolder: string;
  readonly log: Log;
  readonly clock: Clock;
  /** Where services are reached. */
  readonly baseUrl: string;
  /** Whether an address is that of a service of ours, where that can be told. */
  readonly isOfService?: ((address: string) => Promise<boolean>) | undefined;
}

/**
 * Tokens of the file, and of the issuer where there is one. Where tokens are asked for and nothing is set up,
 * the first start makes one.
 */
export async function openAccess(api: ApiConfig, options: AccessOptions): Promise<Access> {
  const { stateFolder, baseUrl, isOfService } = options;
  const path = tokensFileIn(api, stateFolder);
  const adminTokenFile = join(stateFolder, 'admin-token');
  const isAsked = isTokenAsked(api, stateFolder);
  if (isAsked && !isSetUp(api, stateFolder)) await makeFirstToken(path, adminTokenFile, options);
  const mayBeAbsent = api.tokensFile === undefined;
  const tokens = openTokenAuthenticator({ path, mayBeAbsent, ...options });
  const issuer = await openIssuer(api);
  const authenticator = issuer ? oneOrOther(tokens, issuer) : tokens;
  return {
    // Services may ask for tokens also where the API does not.
    routeAuth: { authenticator, baseUrl, ...(api.oidc && { issuer: api.oidc.issuer }) },
    ...(isAsked ? { authenticator } : isOfService && { isOfService }),
    ...(isAsked && existsSync(adminTokenFile) && { adminTokenFile }),
  };
}

/** Whether the API takes nobody without a token: said, or beyond loopback, or with tokens set up. */
export function isTokenAsked(api: ApiConfig, stateFolder: string): boolean {
  if (api.auth !== undefined) return api.auth === 'on';
  return !isLoopbackHost(api.host) || isSetUp(api, stateFolder);
}

function isSetUp(api: ApiConfig, stateFolder: string): boolean {
  const isSaid = api.tokensFile !== undefined || api.oidc !== undefined;
  return isSaid || existsSync(tokensFileIn(api, stateFolder));
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
