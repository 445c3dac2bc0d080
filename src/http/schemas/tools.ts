const anything = {} as const;

const listedToolSchema = {
  title: 'ListedTool',
  description: "A tool as its server lists it. All but `standing` is the server's own word.",
  type: 'object',
  properties: {
    name: { type: 'string' },
    title: { type: 'string' },
    description: { type: 'string' },
    inputSchema: anything,
    outputSchema: anything,
    annotations: anything,
    standing: { type: 'string', enum: ['approved', 'added', 'changed', 'not locked'] },
  },
  required: ['name', 'standing'],
} as const;

/** `ToolReport` as a schema. */
export const toolReportSchema = {
  title: 'ToolReport',
  type: 'object',
  properties: {
    service: { type: 'string' },
    release: { type: 'string' },
    lock: { type: 'string', enum: ['off', 'warn', 'enforce'] },
    tools: { type: 'array', items: listedToolSchema },
    missing: {
      type: 'array',
      items: { type: 'string' },
      description: 'Approved, and no longer listed.',
    },
  },
  required: ['service', 'release', 'lock', 'tools', 'missing'],
} as const;

/** `ToolResult` as a schema. */
export const toolResultSchema = {
  title: 'ToolResult',
  description: 'What a tool answered. All of it comes from the server.',
  type: 'object',
  properties: {
    isError: { type: 'boolean' },
    text: { type: 'string' },
    content: { type: 'array', items: anything },
    structuredContent: anything,
  },
  required: ['isError', 'text', 'content'],
} as const;

/** `RecordedTools` as a schema. */
export const recordedToolsSchema = {
  title: 'RecordedTools',
  type: 'object',
  properties: {
    service: { type: 'string' },
    release: { type: 'string' },
    tools: {
      type: 'object',
      description: 'The digest of each tool by its name.',
      additionalProperties: { type: 'string' },
    },
  },
  required: ['service', 'release', 'tools'],
} as const;

const namesSchema = { type: 'array', items: { type: 'string' } } as const;

/** `ToolApproval` as a schema. */
export const toolApprovalSchema = {
  title: 'ToolApproval',
  type: 'object',
  properties: {
    service: { type: 'string' },
    tools: { type: 'integer', description: 'How many are approved.' },
    changes: {
      type: 'object',
      description:
        'From what was approved before; absent where nothing was, or where it is the same.',
      properties: { added: namesSchema, removed: namesSchema, changed: namesSchema },
      required: ['added', 'removed', 'changed'],
    },
  },
  required: ['service', 'tools'],
} as const;
