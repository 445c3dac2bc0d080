/** `LogLine` as a schema. */
export const logLineSchema = {
  title: 'LogLine',
  type: 'object',
  properties: {
    atMs: { type: 'number', description: 'Wall-clock milliseconds.' },
    stream: { type: 'string', enum: ['stdout', 'stderr'] },
    text: { type: 'string' },
  },
  required: ['atMs', 'stream', 'text'],
} as const;
