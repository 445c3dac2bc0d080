import { AppError } from '../../errors.ts';
import { toLine, toPlainText } from '../../model/plain-text.ts';
import type { ToolResult } from '../../model/tool-result.ts';
import { say, sayJson, type CliCommand } from '../context.ts';
import { FAILED, OK } from '../exit-code.ts';
import { openControl } from '../open-control.ts';

/** One call of a tool by hand. */
export const callCommand: CliCommand = {
  define: (command) =>
    command
      .argument('<name>', 'the service')
      .argument('<tool>', 'one that `tools` lists')
      .argument('[json]', 'what it is called with, as a JSON object'),
  examples: [
    [
      `call echo say '{"word": "hi"}'`,
      'prints what it answers; exit code 1 where that is an error',
    ],
    ['call echo info --json', 'the whole result'],
  ],
  async run(context, _options, [service = '', tool = '', text = '{}']) {
    const input = parseArguments(text);
    await using opened = await openControl(context);
    const result = await opened.control.callTool({ service, tool, arguments: input });
    if (context.json) sayJson(context, result);
    else say(context, formatResult(result));
    return result.isError ? FAILED : OK;
  },
};

function parseArguments(text: string): Readonly<Record<string, unknown>> {
  const value = parseJson(text);
  if (isObject(value)) return value;
  throw new AppError('REFUSED', `the arguments are no JSON object: ${toLine(text, 60)}`, {
    hint: `write them like '{"word": "hi"}'`,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Texts as they are, whatever else there is by its kind. */
function formatResult({ text, content, structuredContent }: ToolResult): string {
  const others = content
    .map((part) => (isObject(part) ? String(part['type']) : ''))
    .filter((type) => type !== 'text');
  const parts = [
    ...(text === '' ? [] : [toPlainText(text)]),
    ...others.map((type) => `(${toLine(type, 20)}: see --json)`),
  ];
  if (parts.length > 0) return parts.join('\n');
  if (structuredContent === undefined) return '(nothing)';
  return toPlainText(JSON.stringify(structuredContent, undefined, 2));
}
