import type { ToolDefinition } from '../../model/tool-surface.ts';
import { CheckFailure } from './failure.ts';
import type { Connected } from './with-client.ts';

/** Far more than a model can be shown. */
const MOST_TOOLS = 1_000;
const LONGEST_NAME = 256;

/** All tools that the server lists, sorted by name. Throws CheckFailure for a list that is none. */
export async function listTools({
  client,
  options,
}: Connected): Promise<readonly ToolDefinition[]> {
  // Asked for a list that the server does not offer, the library writes to standard output.
  if (client.getServerCapabilities()?.tools === undefined) return [];
  const { tools } = await client.listTools(undefined, options);
  if (tools.length > MOST_TOOLS) throw new CheckFailure(`lists more than ${MOST_TOOLS} tools`);
  if (tools.some(({ name }) => name.length > LONGEST_NAME)) {
    throw new CheckFailure(`lists a tool whose name is longer than ${LONGEST_NAME} characters`);
  }
  return tools.map(toDefinition).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function toDefinition(tool: ToolDefinition): ToolDefinition {
  const { name, title, description, inputSchema, outputSchema, annotations } = tool;
  return { name, title, description, inputSchema, outputSchema, annotations };
}
