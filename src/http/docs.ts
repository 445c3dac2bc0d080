import { readFile } from 'node:fs/promises';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { type DescribedRoute, type OpenApi, toOpenApi } from './openapi.ts';
import { toYaml } from './to-yaml.ts';

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>mcp-manager API</title>
    <link rel="stylesheet" href="docs/swagger-ui.css" />
  </head>
  <body>
    <div id="docs"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;
const START = `SwaggerUIBundle({ url: 'openapi.json', dom_id: '#docs', deepLinking: true, validatorUrl: null });\n`;

/** The page asks nobody but this manager, and runs nothing that stands in the page itself. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  // Its pictures and some of its styles are written by its script.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
const FILES = { 'swagger-ui.css': 'text/css', 'swagger-ui-bundle.js': 'text/javascript' };
/** They change with the package alone. */
const FILES_HOLD = 'public, max-age=3600';

const tags = ['description'];

/** The description of all routes that are added after this, as JSON, as YAML and as a page that needs no internet. */
export function addDocsRoutes(app: FastifyInstance, version: string): void {
  const describe = collectRoutes(app, version);
  app.get('/openapi.json', { schema: ABOUT_JSON }, () => describe());
  app.get('/openapi.yaml', { schema: ABOUT_YAML }, (_request, reply) =>
    reply.type('application/yaml').send(toYaml(describe())),
  );
  app.get('/docs', { schema: ABOUT_PAGE }, (_request, reply) =>
    reply.header('content-security-policy', POLICY).type('text/html; charset=utf-8').send(PAGE),
  );
  app.get('/docs/start.js', { schema: aboutFile('Start', 'text/javascript') }, (_request, reply) =>
    sendFile(reply, 'text/javascript', START),
  );
  for (const [name, type] of Object.entries(FILES)) {
    const part = name.endsWith('css') ? 'Style' : 'Script';
    app.get(`/docs/${name}`, { schema: aboutFile(part, type) }, async (_request, reply) =>
      sendFile(reply, type, await readFile(toFile(name))),
    );
  }
}

/** Made once, when it is asked for first: by then all routes are there. */
function collectRoutes(app: FastifyInstance, version: string): () => OpenApi {
  const routes: DescribedRoute[] = [];
  let made: OpenApi | undefined;
  app.addHook('onRoute', ({ method, url, schema }) => {
    for (const one of [method].flat()) {
      if (one !== 'HEAD' && one !== 'OPTIONS')
        routes.push({ method: one, url, schema: { ...schema } });
    }
  });
  return () => (made ??= toOpenApi(routes, version));
}

function sendFile(reply: FastifyReply, type: string, content: string | Buffer): FastifyReply {
  return reply.header('cache-control', FILES_HOLD).type(`${type}; charset=utf-8`).send(content);
}

function toFile(name: string): URL {
  return new URL(`static/${name}`, import.meta.resolve('@fastify/swagger-ui/package.json'));
}

function textOf(type: string) {
  return { 200: { description: 'OK', content: { [type]: { schema: { type: 'string' } } } } };
}

function aboutFile(part: string, type: string) {
  const operationId = `getDocs${part}`;
  return { operationId, summary: 'A part of that page', tags, response: textOf(type) };
}

const ABOUT_JSON = {
  operationId: 'getOpenApi',
  summary: 'This description',
  tags,
  response: { 200: { type: 'object', additionalProperties: true } },
};

const ABOUT_YAML = {
  operationId: 'getOpenApiYaml',
  summary: 'This description as YAML',
  tags,
  response: textOf('application/yaml'),
};

const ABOUT_PAGE = {
  operationId: 'getDocs',
  summary: 'This description as a page for people',
  tags,
  response: textOf('text/html'),
};
