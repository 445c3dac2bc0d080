import type { ToolCall } from '../../model/service.ts';
import type { ToolResult } from '../../model/tool-result.ts';
import type { Connected } from './with-client.ts';

/**
 * One call of a tool of a client that has listed the tools: what goes into headers is told by the list.
 * What the tool makes of it is its result, also when that is an error.
 */
export async function callTool(
  { client, options }: Connected,
  { name, arguments: input }: Omit<ToolCall, 'expect'>,
): Promise<ToolResult> {
  const result = await client.callTool({ name, arguments: { ...input } }, options);
  const { content, structuredContent, isError = false } = result;
  return {
    isError,
    text: content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n'),
    content,
    ...(structuredContent !== undefined && { structuredContent }),
  };
}
