/** Each role may do what the ones before it may. */
export const ROLES = ['read', 'write', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who asks. Holds nothing by which somebody else could ask in its name. */
export interface Identity {
  /** `local`: over the socket in the state folder; `anyone`: authentication is off. */
  readonly kind: 'token' | 'oidc' | 'local' | 'anyone';
  /** Of the token; for `oidc` its subject. */
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** Sees and changes nothing but the services of this workspace; absent: all. */
  readonly workspace?: string;
  /** Wall-clock milliseconds. */
  readonly expiresAtMs?: number;
}

/** What a route asks of who calls it. */
export interface RouteAccess {
  /** The least role; `none` needs no token. */
  readonly role: Role | 'none';
  /**
   * For whom only one workspace is: `refused`, `open` like to everybody, `filtered` to what is theirs, or
   * only for a service of theirs, that the path (`:name`) or the body (`service`) names; `new`: for one of
   * theirs in the path, or one that is not there yet and becomes theirs; `found`: that the route itself looks
   * for among theirs.
   */
  readonly workspace: 'refused' | 'open' | 'filtered' | 'path' | 'body' | 'new' | 'found';
  /** Takes a role that writes for what it has others do, and writes nothing: it is not audited as a write. */
  readonly onlyAsks?: true;
}

/** Every route of the API by method and pattern, from which the page about security has its table. */
export const ACCESS: Readonly<Record<string, RouteAccess>> = {
  'GET /health': { role: 'none', workspace: 'open' },
  'GET /v1/auth': { role: 'none', workspace: 'open' },
  'GET /.well-known/oauth-protected-resource/mcp/:slug': { role: 'none', workspace: 'open' },
  'GET /': { role: 'none', workspace: 'open' },
  'GET /docs': { role: 'none', workspace: 'open' },
  'GET /docs/start.js': { role: 'none', workspace: 'open' },
  'GET /docs/swagger-ui.css': { role: 'none', workspace: 'open' },
  'GET /docs/swagger-ui-bundle.js': { role: 'none', workspace: 'open' },
  'GET /openapi.json': { role: 'none', workspace: 'open' },
  'GET /openapi.yaml': { role: 'none', workspace: 'open' },
  'GET /containers': { role: 'read', workspace: 'filtered' },
  'POST /containers': { role: 'write', workspace: 'filtered' },
  'GET /containers/:service': { role: 'read', workspace: 'found' },
  'DELETE /containers/:service': { role: 'write', workspace: 'found' },
  'GET /containers/health': { role: 'read', workspace: 'filtered' },
  'GET /containers/:service/health': { role: 'read', workspace: 'found' },
  'POST /containers/:service/health': { role: 'read', workspace: 'found' },
  'GET /containers/:service/health/detailed': { role: 'read', workspace: 'found' },
  'POST /containers/:service/start': { role: 'write', workspace: 'found' },
  'POST /containers/:service/stop': { role: 'write', workspace: 'found' },
  'GET /containers/:service/status': { role: 'read', workspace: 'found' },
  'GET /containers/:service/logs': { role: 'read', workspace: 'found' },
  'POST /containers/validate': { role: 'write', workspace: 'open', onlyAsks: true },
  'GET /instances': { role: 'read', workspace: 'filtered' },
  'POST /instances': { role: 'write', workspace: 'filtered' },
  'GET /instances/:id': { role: 'read', workspace: 'found' },
  'PUT /instances/:id': { role: 'write', workspace: 'found' },
  'DELETE /instances/:id': { role: 'write', workspace: 'found' },
  'POST /instances/validate': { role: 'write', workspace: 'open', onlyAsks: true },
  'GET /instances/health': { role: 'read', workspace: 'filtered' },
  'GET /instances/:id/health': { role: 'read', workspace: 'found' },
  'POST /instances/:id/health': { role: 'read', workspace: 'found' },
  'GET /instances/:id/health/detailed': { role: 'read', workspace: 'found' },
  'GET /templates': { role: 'read', workspace: 'open' },
  'GET /templates/:template': { role: 'read', workspace: 'open' },
  'GET /monitoring/status': { role: 'read', workspace: 'filtered' },
  'GET /monitoring/health-summary': { role: 'read', workspace: 'filtered' },
  'GET /ready': { role: 'none', workspace: 'open' },
  'GET /metrics': { role: 'read', workspace: 'refused' },
  'GET /v1/whoami': { role: 'read', workspace: 'open' },
  'GET /v1/health': { role: 'read', workspace: 'refused' },
  'GET /v1/services': { role: 'read', workspace: 'filtered' },
  'GET /v1/services/:name': { role: 'read', workspace: 'path' },
  'PUT /v1/services/:name': { role: 'write', workspace: 'new' },
  'PATCH /v1/services/:name': { role: 'write', workspace: 'path' },
  'DELETE /v1/services/:name': { role: 'write', workspace: 'path' },
  'GET /v1/services/:name/document': { role: 'read', workspace: 'path' },
  'POST /v1/services/:name/transfer': { role: 'admin', workspace: 'refused' },
  'GET /v1/services/:name/history': { role: 'read', workspace: 'path' },
  'GET /v1/services/:name/drift': { role: 'read', workspace: 'path' },
  'POST /v1/services/:name/stop': { role: 'write', workspace: 'path' },
  'POST /v1/services/:name/start': { role: 'write', workspace: 'path' },
  'POST /v1/services/:name/restart': { role: 'write', workspace: 'path' },
  'POST /v1/services/:name/pause': { role: 'write', workspace: 'path' },
  'POST /v1/services/:name/unpause': { role: 'write', workspace: 'path' },
  'POST /v1/services/:name/rollback': { role: 'write', workspace: 'path' },
  'GET /v1/services/:name/logs': { role: 'read', workspace: 'path' },
  'GET /v1/services/:name/releases': { role: 'read', workspace: 'path' },
  'GET /v1/services/:name/tools': { role: 'read', workspace: 'path' },
  'POST /v1/services/:name/tools/approve': { role: 'admin', workspace: 'refused' },
  'POST /v1/services/:name/tools/call': { role: 'write', workspace: 'path' },
  'GET /v1/tools': { role: 'read', workspace: 'filtered' },
  'GET /v1/problems': { role: 'read', workspace: 'filtered' },
  'GET /v1/events': { role: 'read', workspace: 'filtered' },
  'GET /v1/history': { role: 'read', workspace: 'filtered' },
  'POST /v1/plan': { role: 'read', workspace: 'refused' },
  'GET /v1/templates': { role: 'read', workspace: 'open' },
  'GET /v1/templates/:template': { role: 'read', workspace: 'open' },
  'PUT /v1/templates/:template': { role: 'admin', workspace: 'refused' },
  'DELETE /v1/templates/:template': { role: 'admin', workspace: 'refused' },
  'POST /v1/templates/:template/render': { role: 'read', workspace: 'open' },
  'GET /v1/plans/:id': { role: 'read', workspace: 'refused' },
  'POST /v1/plans/:id/apply': { role: 'admin', workspace: 'refused' },
  'POST /v1/apply': { role: 'admin', workspace: 'refused' },
  'POST /v1/commands': { role: 'write', workspace: 'body' },
  'POST /v1/wake': { role: 'write', workspace: 'refused' },
  'POST /v1/imports/draft': { role: 'admin', workspace: 'refused' },
  'POST /v1/imports': { role: 'admin', workspace: 'refused' },
};

/** What a route asks for; HEAD as GET. Undefined: nobody may call it. */
export function accessTo(method: string, pattern: string): RouteAccess | undefined {
  const key = `${method === 'HEAD' ? 'GET' : method} ${pattern}`;
  return Object.hasOwn(ACCESS, key) ? ACCESS[key] : undefined;
}

/** Whether the role is at least `least`. */
export function isRoleEnough(role: Role, least: RouteAccess['role']): boolean {
  return least === 'none' || ROLES.indexOf(role) >= ROLES.indexOf(least);
}

/** How history and audit name who asked. A name that people choose for themselves at their issuer stands behind its id. */
export function formatIdentity({ kind, id, name, workspace }: Identity): string {
  if (kind === 'anyone') return 'anyone';
  const where = workspace === undefined ? '' : ` (workspace ${workspace})`;
  const chosen = name === id ? '' : ` [${name}]`;
  const who = kind === 'oidc' ? `${id}${chosen}` : name === '' ? id : name;
  return `${kind}:${who}${where}`;
}
