import { expect, test } from 'vitest';
import { readConfig, stateFolderOf, type ConfigOptions } from '../src/config.ts';
import { formatError } from '../src/errors.ts';

function read(environment: ConfigOptions['environment'], flags: ConfigOptions['flags'] = {}) {
  return readConfig({
    environment,
    flags,
    workingFolder: '/work',
    packageTemplatesFolder: '/package/templates',
    packageTraefikFolder: '/package/traefik/dynamic',
  });
}

function mistakesOf(environment: ConfigOptions['environment'], flags = {}): string {
  try {
    read(environment, flags);
  } catch (error) {
    return formatError(error);
  }
  throw new Error('no mistake was found');
}

test('without any variable everything has a default and nothing outside is used', () => {
  expect(read({ HOME: '/home/ada' })).toEqual({
    desiredFolder: '/work/desired',
    templatesFolder: '/package/templates',
    stateRoot: '/home/ada/.local/state/mcp-manager',
    secretsProvider: 'file',
    secretsPrefixes: ['MCP_SECRET_'],
    router: 'embedded',
    routerPort: 7999,
    traefik: { file: '/package/traefik/dynamic/mcp-manager.yaml' },
    api: {
      host: '127.0.0.1',
      port: 8000,
      startupMs: 120_000,
      allowedHosts: [],
      corsOrigins: [],
    },
    limit: {},
    redisStream: '{mcp-manager}:events',
    core: { syncMs: 300_000, streams: false },
    maxPrunePercent: 30,
    resyncMs: 30_000,
    deepMs: 600_000,
    policy: {
      allowRoot: false,
      allowedImages: [],
      allowedVolumeRoots: [],
      allowedRemoteAddresses: [],
      allowHostCommands: false,
    },
    logLevel: 'info',
    color: true,
    environment: { HOME: '/home/ada' },
  });
});

test('every mistake is reported at once, each with name, value and what is expected', () => {
  const text = mistakesOf({ ROUTER_PORT: 'http', RESYNC_INTERVAL: '30', ROUTER: 'caddy' });
  expect(text.split('\n')).toEqual([
    'CONFIG_INVALID the configuration has mistakes:',
    '  ROUTER="caddy": expected one of embedded, traefik, none',
    '  ROUTER_PORT="http": expected a whole number from 0 to 65535',
    '  RESYNC_INTERVAL="30": expected a duration such as 30s, 2m or 1h30m',
  ]);
});

test('a value that may hold a password is not shown', () => {
  const text = mistakesOf({ REDIS_URL: 'http://:planted@host', CORE_API_URL: 'http://:planted@x' });
  expect(text).toContain('REDIS_URL: expected a URL that begins with redis://');
  expect(text).not.toContain('planted');
});

test('a flag wins over its variable and is named in a mistake', () => {
  expect(read({ DESIRED_DIR: 'a' }, { DESIRED_DIR: 'b' }).desiredFolder).toBe('/work/b');
  expect(mistakesOf({}, { BACKEND_ENVIRONMENT: 'vm' })).toContain('--runtime="vm": expected');
});

test('an empty variable counts as unset', () => {
  expect(read({ ROUTER_PORT: '', NO_COLOR: '' })).toMatchObject({ routerPort: 7999, color: true });
});

test.each(['docker', 'kubernetes', 'k8s'])('%s is told to come later', (name) => {
  expect(mistakesOf({ BACKEND_ENVIRONMENT: name })).toContain('come with a later version');
});

test('the old spelling of the runtime is read, the new one wins', () => {
  expect(read({ CONTAINER_RUNTIME: 'process' }).runtime).toBe('process');
  expect(read({ CONTAINER_RUNTIME: 'podman', BACKEND_ENVIRONMENT: 'memory' }).runtime).toBe(
    'memory',
  );
});

test('words of the platform are read in any case', () => {
  expect(read({ LOG_LEVEL: 'WARN', LOG_FORMAT: 'JSON' })).toMatchObject({
    logLevel: 'warn',
    logFormat: 'json',
  });
});

test.each([
  ['500ms', 500],
  ['30s', 30_000],
  ['1h30m', 5_400_000],
  ['1.5s', 1500],
])('the duration %s is %d ms', (text, ms) => {
  expect(read({ RESYNC_INTERVAL: text }).resyncMs).toBe(ms);
});

test.each(['0s', '1000h', '-1s', '1d', 's'])('the duration %s is a mistake', (text) => {
  expect(mistakesOf({ RESYNC_INTERVAL: text })).toContain('expected a duration');
});

test('the state folder is its own for each manager unless STATE_DIR names it', () => {
  const state = { XDG_STATE_HOME: '/state' };
  expect(stateFolderOf(read(state), 'blue')).toBe('/state/mcp-manager/blue');
  expect(stateFolderOf(read({ ...state, STATE_DIR: 'here' }), 'blue')).toBe('/work/here');
});

test('the public URL loses slashes at its end', () => {
  expect(read({ MCP_PROXY_HOST: 'https://mcp.example.com/' }).publicUrl).toBe(
    'https://mcp.example.com',
  );
});

test('Traefik is told by a folder or by the file itself', () => {
  expect(read({ TRAEFIK_DYNAMIC_DIR: 'dynamic' }).traefik.file).toBe(
    '/work/dynamic/mcp-manager.yaml',
  );
  expect(read({ TRAEFIK_CONFIG_PATH: '/etc/traefik/dynamic.yml' }).traefik.file).toBe(
    '/etc/traefik/dynamic.yml',
  );
  const apiUrl = 'http://127.0.0.1:8080';
  expect(read({ TRAEFIK_API_URL: `${apiUrl}/` }).traefik).toMatchObject({ apiUrl });
});

test('with Traefik the port of its entry point must be known, and no password stands in a URL', () => {
  expect(mistakesOf({ ROUTER: 'traefik', ROUTER_PORT: '0' })).toContain(
    "ROUTER_PORT=0: with ROUTER=traefik expected the port of Traefik's entry point",
  );
  const text = mistakesOf({ TRAEFIK_API_URL: 'http://ada:planted@127.0.0.1:8080' });
  expect(text).toMatch(/TRAEFIK_API_URL: expected a URL .* holds no password/);
  expect(text).not.toContain('planted');
});

test('an issuer needs its audience and its keys, over HTTPS but on this machine', () => {
  expect(mistakesOf({ OIDC_ISSUER: 'https://id.example.org' })).toContain(
    'OIDC_ISSUER: expected OIDC_AUDIENCE and OIDC_JWKS_URL beside it',
  );
  const issuer = { OIDC_ISSUER: 'https://id.example.org', OIDC_AUDIENCE: 'mcp-manager' };
  expect(mistakesOf({ ...issuer, OIDC_JWKS_URL: 'http://id.example.org/keys' })).toContain(
    'OIDC_JWKS_URL="http://id.example.org/keys": expected a URL that begins with https://',
  );
  for (const url of ['https://id.example.org/keys', 'http://127.0.0.1:5556/keys']) {
    expect(read({ ...issuer, OIDC_JWKS_URL: url }).api.oidc).toEqual({
      issuer: 'https://id.example.org',
      audience: 'mcp-manager',
      keysUrl: url,
      roleClaim: 'roles',
    });
  }
});

test.each(['*', 'null', 'https://ui.example.org/', 'ui.example.org', 'file:///tmp'])(
  'pages of %s cannot be allowed to call the API',
  (origin) => {
    expect(mistakesOf({ CORS_ENABLED: 'true', CORS_ALLOWED_ORIGINS: origin })).toContain(
      'CORS_ALLOWED_ORIGINS=',
    );
  },
);

test('pages are allowed by name, and only when that is switched on', () => {
  const origins = { CORS_ALLOWED_ORIGINS: 'https://ui.example.org, http://localhost:3000' };
  expect(read(origins).api.corsOrigins).toEqual([]);
  expect(read({ ...origins, CORS_ENABLED: 'true' }).api.corsOrigins).toEqual([
    'https://ui.example.org',
    'http://localhost:3000',
  ]);
  expect(mistakesOf({ CORS_ENABLED: 'true' })).toContain('expected CORS_ALLOWED_ORIGINS');
});

test('limits hold for how many services there are, and for what each may ask', () => {
  const { limit, policy } = read({
    MAX_CONTAINERS: '7',
    MAX_CONTAINERS_PER_WORKSPACE: '3',
    MAX_MEMORY_LIMIT: '512m',
    MAX_CPU_LIMIT: '1.5',
    MAX_PIDS_LIMIT: '64',
    MAX_REPLICAS_LIMIT: '3',
  });
  expect(limit).toEqual({ most: 7, mostPerWorkspace: 3 });
  expect(policy).toMatchObject({
    maxServices: 7,
    maxMemoryBytes: 512 * 1024 ** 2,
    maxCpu: 1.5,
    maxPids: 64,
    maxReplicas: 3,
  });
  expect(read({ MAX_MEMORY_LIMIT: '2Gi' }).policy.maxMemoryBytes).toBe(2 * 1024 ** 3);
});

test.each([
  ['MAX_MEMORY_LIMIT', 'much'],
  ['MAX_MEMORY_LIMIT', '-1'],
  ['MAX_CPU_LIMIT', '0'],
  ['MAX_PIDS_LIMIT', '1.5'],
])('the limit %s=%s is a mistake', (name, text) => {
  expect(mistakesOf({ [name]: text })).toContain(`${name}="${text}"`);
});

test('core is listed only where it is heard', () => {
  const text = mistakesOf({ CORE_API_URL: 'http://core:8000' });
  expect(text).toContain('CORE_API_URL needs REDIS_URL');
});
