const words = { type: 'array', items: { type: 'string' } } as const;

/** `Health` as a schema. */
export const healthSchema = {
  title: 'Health',
  type: 'object',
  properties: {
    managerId: { type: 'string' },
    version: { type: 'string' },
    pid: { type: 'integer' },
    mode: { type: 'string', enum: ['auto', 'approve', 'none'] },
    runtime: { type: 'string' },
    stateFolder: { type: 'string' },
    startedAtMs: { type: 'number', description: 'Wall-clock milliseconds.' },
    troubles: { ...words, description: 'What does not work now; never about single services.' },
    harmless: { ...words, description: 'Those of them that hold no service up.' },
  },
  required: [
    'managerId',
    'version',
    'pid',
    'mode',
    'runtime',
    'stateFolder',
    'startedAtMs',
    'troubles',
    'harmless',
  ],
} as const;
