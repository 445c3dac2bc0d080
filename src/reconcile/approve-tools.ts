import { AppError } from '../errors.ts';
import { LOCK_FILE, type RecordedTools, type ToolApproval } from '../model/tool-lock.ts';
import type { ToolChanges, ToolSurface } from '../model/tool-surface.ts';
import type { Documents, SourceFile } from '../ports.ts';
import { readDocuments } from './written-service.ts';

/** The lock file with these tools of one service. Throws REFUSED for a file that cannot be used. */
export type WriteApproval = (
  source: SourceFile | undefined,
  service: string,
  tools: ToolSurface,
) => { readonly text: string; readonly changes?: ToolChanges };

interface ApprovalOptions {
  readonly documents: Documents;
  readonly writeApproval: WriteApproval;
}

/** Approves the tools of one service in the file that is reviewed with the documents. */
export async function approveTools(
  { documents, writeApproval }: ApprovalOptions,
  recorded: readonly RecordedTools[],
  service: string,
): Promise<ToolApproval> {
  const tools = requireRecorded(recorded, service);
  const { toolLock: source } = await readDocuments(documents);
  const { text, changes } = writeApproval(source, service, tools);
  const before = source !== undefined && 'text' in source ? source.text : undefined;
  await documents.write(LOCK_FILE, before, text);
  return { service, tools: Object.keys(tools).length, ...(changes && { changes }) };
}

function requireRecorded(recorded: readonly RecordedTools[], service: string): ToolSurface {
  const found = recorded.find((one) => one.service === service);
  if (found) return found.tools;
  throw new AppError('REFUSED', `the tools of ${service} are not known: it was never verified`, {
    hint: `\`mcp-manager get ${service}\` tells why`,
  });
}
