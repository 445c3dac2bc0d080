import type { FastifyInstance } from 'fastify';
import { templateMissing } from '../../platform/error-body.ts';
import { type TemplateBody, toTemplate } from '../../platform/template-body.ts';
import { about } from './about.ts';
import { PlatformRefusal } from './refusal.ts';
import { listSchema, templateSchema } from './schemas.ts';
import type { PlatformOptions } from './write.ts';

const LIST = about({
  operationId: 'listPlatformTemplates',
  summary: "The templates in the platform's own spelling",
  answers: { 200: listSchema('templates', templateSchema) },
  failure: 'list_templates_failed',
});

const ONE = about({
  operationId: 'getPlatformTemplate',
  summary: "One template in the platform's own spelling",
  answers: { 200: templateSchema },
  errors: [404],
  failure: 'list_templates_failed',
});

/** `/templates` (wire.md §3). A file that is no template is left out. */
export function addTemplateRoutes(
  app: FastifyInstance,
  { inspection }: Pick<PlatformOptions, 'inspection'>,
): void {
  async function list(): Promise<readonly TemplateBody[]> {
    const files = await inspection.templates();
    return files.flatMap((source) => {
      const { file } = source;
      const template = 'text' in source && toTemplate(file.replace(/\.json$/, ''), source.text);
      return template ? [template] : [];
    });
  }

  app.get('/templates', LIST, async () => {
    const templates = await list();
    return { templates, total: templates.length };
  });

  app.get<{ Params: { readonly template: string } }>(
    '/templates/:template',
    ONE,
    async ({ params }) => {
      const found = (await list()).find(({ name }) => name === params.template);
      if (found) return found;
      throw new PlatformRefusal(404, 'template_not_found', templateMissing(params.template));
    },
  );
}
