import { join, resolve } from 'node:path';
import { API_SETTINGS } from './api-settings.ts';
import type { SettingReader } from './setting.ts';

/** Where the API listens, and who may use it. */
export interface ApiConfig {
  /** An address or a name, without brackets. */
  readonly host: string;
  /** 0: chosen by the system. */
  readonly port: number;
  /** So long the platform's routes wait for what becomes of a write. */
  readonly startupMs: number;
  /** Absent: on beyond loopback, and where tokens or an issuer are set up. */
  readonly auth?: 'on' | 'off';
  /** Where others reach it than by `host` and `port`, without a slash at its end. */
  readonly serviceUrl?: string;
  /** Absolute; absent: in the state folder. */
  readonly tokensFile?: string;
  readonly oidc?: OidcConfig;
  /** Lower case, without ports. */
  readonly allowedHosts: readonly string[];
  /** Empty: no page of another origin may call. */
  readonly corsOrigins: readonly string[];
}

/** Who signs tokens (OpenID Connect Core §2, RFC 7519), and what is read in them. */
export interface OidcConfig {
  readonly issuer: string;
  readonly audience: string;
  readonly keysUrl: string;
  readonly roleClaim: string;
  /** Absent: every such token is for all workspaces. */
  readonly workspaceClaim?: string;
}

/** Adds to the reader's mistakes what does not go together. */
export function readApiConfig(read: SettingReader, workingFolder: string): ApiConfig {
  const tokensFile = read.optional(API_SETTINGS.tokensFile);
  const oidc = readOidc(read);
  const auth = read.optional(API_SETTINGS.authMode);
  const serviceUrl = read.optional(API_SETTINGS.serviceUrl);
  return {
    host: read.required(API_SETTINGS.serverHost),
    port: read.required(API_SETTINGS.serverPort),
    startupMs: read.required(API_SETTINGS.startup),
    ...(auth !== undefined && { auth }),
    ...(serviceUrl !== undefined && { serviceUrl }),
    ...(tokensFile !== undefined && { tokensFile: resolve(workingFolder, tokensFile) }),
    ...(oidc && { oidc }),
    allowedHosts: read.optional(API_SETTINGS.allowedHosts) ?? [],
    corsOrigins: readOrigins(read),
  };
}

function readOidc(read: SettingReader): OidcConfig | undefined {
  const issuer = read.optional(API_SETTINGS.oidcIssuer);
  const audience = read.optional(API_SETTINGS.oidcAudience);
  const keysUrl = read.optional(API_SETTINGS.oidcKeysUrl);
  const roleClaim = read.required(API_SETTINGS.oidcRoleClaim);
  const workspaceClaim = read.optional(API_SETTINGS.oidcWorkspaceClaim);
  if (issuer === undefined) return undefined;
  if (audience === undefined || keysUrl === undefined) {
    read.mistakes.push('OIDC_ISSUER: expected OIDC_AUDIENCE and OIDC_JWKS_URL beside it');
    return undefined;
  }
  return { issuer, audience, keysUrl, roleClaim, ...(workspaceClaim && { workspaceClaim }) };
}

function readOrigins(read: SettingReader): readonly string[] {
  const origins = read.optional(API_SETTINGS.corsOrigins) ?? [];
  if (!read.required(API_SETTINGS.corsEnabled)) return [];
  if (origins.length === 0) {
    read.mistakes.push('CORS_ENABLED=true: expected CORS_ALLOWED_ORIGINS beside it, one or more');
  }
  return origins;
}

/** Where the hashes of tokens lie. */
export function tokensFileIn({ tokensFile }: ApiConfig, stateFolder: string): string {
  return tokensFile ?? join(stateFolder, 'tokens.json');
}
