import {
  boolean,
  duration,
  exactOrigins,
  hostName,
  hostNames,
  httpsUrl,
  integer,
  openUrl,
  text,
  word,
} from './setting-parsers.ts';
import { optional, setting } from './setting.ts';

/** Where the API listens, and who may use it. */
export const API_SETTINGS = {
  serverHost: setting({
    name: 'SERVER_HOST',
    parser: hostName,
    value: '127.0.0.1',
    description: 'Address on which the API listens; `0.0.0.0` is all of them.',
  }),
  serverPort: setting({
    name: 'SERVER_PORT',
    parser: integer(0, 65_535),
    value: '8000',
    description: 'Port of the API (0: chosen anew at each start).',
  }),
  startup: setting({
    name: 'STARTUP_TIMEOUT',
    parser: duration,
    value: '120s',
    description: "How long the platform's routes wait for what becomes of a write.",
  }),
  serviceUrl: optional({
    name: 'MANAGER_SERVICE_URL',
    parser: openUrl,
    otherwise: '`SERVER_HOST` and `SERVER_PORT`',
    description: 'Where Traefik reaches the API, when that is another address than its own.',
  }),
  authMode: optional({
    name: 'AUTH_MODE',
    parser: word(['on', 'off']),
    otherwise: '`on` beyond loopback, and where tokens or an issuer are set up; else `off`',
    description:
      'Whether the API asks for a token; `off` lets everybody who reaches it do everything.',
  }),
  tokensFile: optional({
    name: 'AUTH_TOKENS_FILE',
    parser: text,
    otherwise: '`tokens.json` in the state folder',
    description: 'File of the hashes of tokens, as `mcp-manager token` writes it.',
  }),
  oidcIssuer: optional({
    name: 'OIDC_ISSUER',
    parser: text,
    otherwise: 'off',
    description: 'Issuer whose signed tokens (JWT) are taken as well: their `iss`, to the letter.',
  }),
  oidcAudience: optional({
    name: 'OIDC_AUDIENCE',
    parser: text,
    otherwise: 'needed with `OIDC_ISSUER`',
    description: 'What their `aud` must name.',
  }),
  oidcKeysUrl: optional({
    name: 'OIDC_JWKS_URL',
    parser: httpsUrl,
    otherwise: 'needed with `OIDC_ISSUER`',
    description: "The issuer's public keys.",
  }),
  oidcRoleClaim: setting({
    name: 'OIDC_ROLE_CLAIM',
    parser: text,
    value: 'roles',
    description:
      'Claim that holds `read`, `write` or `admin`, alone or in a list; dots lead into objects.',
  }),
  oidcWorkspaceClaim: optional({
    name: 'OIDC_WORKSPACE_CLAIM',
    parser: text,
    otherwise: 'their tokens are for all workspaces',
    description: 'Claim that names the one workspace that such a token is for, and must be there.',
  }),
  allowedHosts: optional({
    name: 'ALLOWED_HOSTS',
    parser: hostNames,
    otherwise: 'this machine by its names and addresses, and the host of `MCP_PROXY_HOST`',
    description: 'Further names by which clients may call the API and the router.',
  }),
  corsEnabled: setting({
    name: 'CORS_ENABLED',
    parser: boolean,
    value: 'false',
    description: 'Whether pages of `CORS_ALLOWED_ORIGINS` may call the API from a browser.',
  }),
  corsOrigins: optional({
    name: 'CORS_ALLOWED_ORIGINS',
    parser: exactOrigins,
    otherwise: 'none',
    description: 'Those origins, such as `https://ui.example.org`.',
  }),
};
