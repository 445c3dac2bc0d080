const time = { type: 'number', description: 'Wall-clock milliseconds.' } as const;

/** `JournalEntry` as a schema. */
export const journalEntrySchema = {
  title: 'JournalEntry',
  description: 'A step that was begun, with its outcome if it has one yet.',
  type: 'object',
  properties: {
    id: { type: 'string' },
    service: { type: 'string' },
    workspace: {
      type: 'string',
      description:
        'That the service was of then; absent: of none, or written by a version that did not record it.',
    },
    kind: { type: 'string' },
    target: { type: 'string' },
    cause: { type: 'string' },
    planId: { type: 'string' },
    revision: { type: 'string' },
    atMs: time,
    result: { type: 'string', enum: ['done', 'failed', 'interrupted'] },
    endedAtMs: time,
    code: { type: 'string' },
    message: { type: 'string' },
  },
  required: ['id', 'service', 'kind', 'target', 'cause', 'planId', 'atMs'],
} as const;
