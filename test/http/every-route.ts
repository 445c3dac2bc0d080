import type { FastifyInstance } from 'fastify';
import { ACCESS } from '../../src/model/access.ts';
import { someDraft, somePlan } from './fake-control.ts';

/** What routes need beside their names. */
const BODIES: Readonly<Record<string, object>> = {
  'PUT /v1/services/:name': {},
  'PATCH /v1/services/:name': {},
  'POST /v1/services/:name/transfer': { to: 'api' },
  'POST /v1/services/:name/tools/call': { tool: 'say', arguments: {} },
  'PUT /v1/templates/:template': {},
  'POST /v1/apply': { wait: true, by: 'me', plan: somePlan() },
  'POST /v1/commands': { kind: 'restart', service: 'echo', by: 'me' },
  'POST /v1/imports/draft': { container: 'old', service: 'echo' },
  'POST /v1/imports': { container: 'old', service: someDraft().containerName },
};
const QUERIES: Readonly<Record<string, string>> = { 'GET /v1/auth': 'role=read&slug=echo&' };

/** Every route of the API. */
export const ROUTES = Object.keys(ACCESS).map((route) => {
  const [method = '', pattern = ''] = route.split(' ');
  return { route, method, pattern };
});
export const OURS = ROUTES.filter(({ pattern }) => pattern.startsWith('/v1/'));
const CONDITIONAL =
  /^(PUT|PATCH|DELETE) \/v1\/(services|templates)\/:\w+$|\/(start|stop|transfer)$/;

export const isConditional = ({ route }: Route): boolean => CONDITIONAL.test(route);

/** Asks a route something that is in order. */
export function askRoute(app: FastifyInstance, { route, method, pattern }: Route, more: More = {}) {
  const path = pattern.replace(/:\w+/, 'echo');
  const url = `${path}?${QUERIES[route] ?? ''}${more.query ?? ''}`;
  const payload = BODIES[route];
  return app.inject({
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written as methods in the table
    method: method as 'GET',
    url,
    headers: more.headers ?? {},
    ...(payload && { payload }),
  });
}

interface More {
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Route = (typeof ROUTES)[number];
