import type { Problem } from '../model/problem.ts';
import type { RenderedTemplate, RenderRequest } from '../model/template.ts';
import { applyTemplate } from './apply-template.ts';
import type { LoaderSettings } from './expand.ts';
import { type Finding, toProblem } from './finding.ts';
import { createLibraryReader, type TextFile } from './library.ts';
import { acceptTemplate, showRendered, showTemplate } from './template-secrets.ts';
import { parseTemplate, type TemplateCheck } from './parse-template.ts';

/** The templates of a folder. */
export interface TemplateFiles {
  readonly templates: readonly TextFile[];
  readonly templatesFolder: string;
}

export interface TemplateReader {
  /** What is wrong with the text of one template. */
  check(file: string, text: string): readonly Problem[];
  /** The text as an answer shows it: nothing in clear that looks secret. */
  show(text: string): string;
  /** The text to write for one that was sent, where `before` is there; or why none may be written. */
  accept(
    file: string,
    text: string,
    before: string | undefined,
  ): { readonly text: string } | { readonly problem: Problem };
  /** What a service has from a template, or why it has nothing. */
  render(
    files: TemplateFiles,
    request: RenderRequest,
  ): RenderedTemplate | { readonly problems: readonly Problem[] };
}

/** Makes what looks at templates by themselves. Pure but for its cache. */
export function createTemplateReader(
  settings: Pick<LoaderSettings, 'runtime'>,
  checks: TemplateCheck,
): TemplateReader {
  const readLibrary = createLibraryReader(checks);
  return {
    check(file, text) {
      const parsed = parseTemplate({ file, text }, checks);
      return parsed.kind === 'broken' ? parsed.problems : [];
    },
    show: showTemplate,
    accept: acceptTemplate,
    render({ templates, templatesFolder }, request) {
      const { name, runtime = settings.runtime } = request;
      const library = readLibrary(templates, templatesFolder).templates;
      const merged = applyTemplate({ template: name, with: request.with }, runtime, library);
      if (!merged.ok) return { problems: merged.findings.map((finding) => place(finding, name)) };
      const { fields, requiredEnv } = merged;
      const own = templates.find(({ file }) => file === `${name}.json`);
      const shown = showRendered(
        without(fields),
        own && 'text' in own ? own.text : '{}',
        request.with,
      );
      return { name, runtime, fields: shown, requiredEnv };
    },
  };
}

/** Those that name the template itself. */
function without(fields: Readonly<Record<string, unknown>>) {
  const { template: _template, with: _with, ...others } = fields;
  return others;
}

/** There is no document in which it could be. */
function place(finding: Finding, name: string): Problem {
  const nowhere = () => ({ file: `${name}.json`, line: 0, column: 0 });
  return toProblem(finding, nowhere);
}
