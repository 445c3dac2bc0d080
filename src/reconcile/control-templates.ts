import type { ApiControl } from '../api-control.ts';
import { AppError } from '../errors.ts';
import { digestOf } from '../model/canonical.ts';
import { formatProblem, type Problem } from '../model/problem.ts';
import type { DesiredService } from '../model/service.ts';
import type {
  RenderedTemplate,
  RenderRequest,
  TemplateEntry,
  TemplateWrite,
  WrittenTemplate,
} from '../model/template.ts';
import type { OneAtATime } from './one-at-a-time.ts';
import { requireConditions, type Subject } from './require-conditions.ts';
import { takeTurns } from './take-turns.ts';
import { readDocuments, type ReadSet, type Reading } from './written-service.ts';

/** Looks at templates by themselves. */
export interface TemplateReader {
  check(file: string, text: string): readonly Problem[];
  /** The text as an answer shows it: nothing in clear that looks secret. */
  show(text: string): string;
  /** The text to write for one that was sent, where `before` is there; or why none may be written. */
  accept(
    file: string,
    text: string,
    before: string | undefined,
  ): { readonly text: string } | { readonly problem: Problem };
  render(
    files: Pick<ReadSet, 'templates' | 'templatesFolder'>,
    request: RenderRequest,
  ): RenderedTemplate | { readonly problems: readonly Problem[] };
}

export interface TemplateOptions extends Pick<Reading, 'documents' | 'declarer'> {
  readonly templateReader: TemplateReader;
  /** The last accepted versions of services. */
  readonly accepted: () => ReadonlyMap<string, DesiredService>;
  /** Shared with those who write services: none is written for a template that is just going. */
  readonly inTurn: OneAtATime;
  /** After a write: the loop looks at the documents again. */
  readonly templateWritten: () => void;
}

type TemplateControl = Pick<
  ApiControl,
  'templates' | 'template' | 'writeTemplate' | 'renderTemplate'
>;

/** The templates as they are in their folder; each write is held against what is there. */
export function createTemplateControl(options: TemplateOptions): TemplateControl {
  const { documents, templateReader, inTurn } = options;

  return {
    async templates() {
      const { templates } = await readDocuments(documents);
      return templates.flatMap((source): TemplateEntry[] => {
        if (!('text' in source)) return [];
        const { text: _text, ...entry } = toTemplate(source, templateReader);
        return [entry];
      });
    },
    async template(name) {
      const found = requireIn(await readDocuments(documents), name, templateReader);
      return { ...found, text: templateReader.show(found.text) };
    },
    writeTemplate: (write) => inTurn(() => writeTemplate(options, write)),
    async renderTemplate(request) {
      const set = await readDocuments(documents);
      requireIn(set, request.name, templateReader);
      const rendered = templateReader.render(set, request);
      if ('problems' in rendered) throw invalid(request.name, rendered.problems);
      return rendered;
    },
  };
}

async function writeTemplate(
  options: TemplateOptions,
  write: TemplateWrite,
): ReturnType<ApiControl['writeTemplate']> {
  const { documents, templateReader, templateWritten } = options;
  const set = await readDocuments(documents);
  const before = findIn(set, write.name, templateReader);
  requireConditions(write, before?.etag, toSubject(write.name));
  if (write.text === undefined && !before) throw unknown(write.name);
  const file = fileOf(write.name);
  const text = write.text === undefined ? undefined : accept(options, write, before);
  await requireGood(options, set, { name: write.name, file, ...(text !== undefined && { text }) });
  await documents.writeTemplate(file, before?.text, text);
  templateWritten();
  if (text === undefined) return { kind: 'deleted' };
  const kind = !before ? 'created' : before.text === text ? 'unchanged' : 'changed';
  return { kind, template: toTemplate({ file, text }, templateReader) };
}

function accept(
  { templateReader }: TemplateOptions,
  { name, text = '' }: TemplateWrite,
  before: WrittenTemplate | undefined,
): string {
  const accepted = templateReader.accept(fileOf(name), text, before?.text);
  if ('problem' in accepted) throw invalid(name, [accepted.problem]);
  return accepted.text;
}

function requireIn(set: ReadSet, name: string, reader: TemplateReader): WrittenTemplate {
  const found = findIn(set, name, reader);
  if (!found) throw unknown(name);
  return found;
}

function findIn(
  { templates }: ReadSet,
  name: string,
  reader: TemplateReader,
): WrittenTemplate | undefined {
  const found = templates.find(({ file }) => file === fileOf(name));
  return found && 'text' in found ? toTemplate(found, reader) : undefined;
}

function toTemplate(
  { file, text }: { readonly file: string; readonly text: string },
  reader: TemplateReader,
): WrittenTemplate {
  const problems = reader.check(file, text);
  const description = problems.length === 0 ? descriptionIn(text) : undefined;
  return {
    name: file.replace(/\.json$/, ''),
    file,
    ...(description !== undefined && { description }),
    etag: `t1-${digestOf(text)}`,
    problems,
    text,
  };
}

function descriptionIn(text: string): string | undefined {
  const { description }: { readonly description?: unknown } = JSON.parse(
    text.replace(/^\uFEFF/, ''),
  );
  return typeof description === 'string' ? description : undefined;
}

/** Neither the template may be wrong, nor any service because of it that is in order now. */
async function requireGood(
  { templateReader, declarer, accepted }: TemplateOptions,
  set: ReadSet,
  { name, file, text }: TemplateWrite & { readonly file: string },
): Promise<void> {
  const wrong = text === undefined ? [] : templateReader.check(file, text);
  if (wrong.length > 0) throw invalid(name, wrong);
  const others = set.templates.filter((source) => source.file !== file);
  const templates = text === undefined ? others : [...others, { file, text }];
  const now = await takeTurns(declarer.expand(set, accepted()));
  const had = servicesIn(now.problems);
  const { problems } = await takeTurns(declarer.expand({ ...set, templates }, accepted()));
  const broken = problems.filter(({ service }) => service !== undefined && !had.has(service));
  if (broken.length === 0) return;
  const lines = broken.map((problem) => `\n  - ${formatProblem(problem)}`).join('');
  throw new AppError('REFUSED', `services would be no longer in order:${lines}`, {
    hint: 'change those services first',
    problems: broken,
  });
}

function servicesIn(problems: readonly Problem[]): ReadonlySet<string | undefined> {
  return new Set(problems.map(({ service }) => service));
}

function toSubject(name: string): Subject {
  const called = `the template ${name}`;
  return { called, missing: `${called} is not there`, url: `/v1/templates/${name}` };
}

function fileOf(name: string): string {
  return `${name}.json`;
}

function unknown(name: string): AppError {
  return new AppError('TEMPLATE_NOT_FOUND', `there is no template ${name}`, {
    hint: 'GET /v1/templates lists all',
  });
}

function invalid(name: string, problems: readonly Problem[]): AppError {
  const lines = problems.map((problem) => `\n  - ${formatProblem(problem)}`).join('');
  return new AppError('DOCUMENT_INVALID', `the template ${name} cannot be used so:${lines}`, {
    problems,
  });
}
