/** `ReleaseReport` as a schema. */
export const releaseSchema = {
  title: 'Release',
  description: 'A release of a service as it is remembered.',
  type: 'object',
  properties: {
    release: { type: 'string' },
    revision: { type: 'string' },
    image: { type: 'string' },
    imageId: { type: 'string' },
    atMs: {
      type: 'number',
      description: 'When it was found good, or given up, last. Wall-clock milliseconds.',
    },
    standing: { type: 'string', enum: ['running', 'good', 'given up'] },
    cause: { type: 'string', description: 'Why it was given up.' },
  },
  required: ['release', 'atMs', 'standing'],
} as const;
