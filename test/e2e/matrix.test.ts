import { join } from 'node:path';
import { afterAll } from 'vitest';
import { createWorkplace } from '../helpers/manager.ts';
import { describeMatrix, type MatrixServices } from './describe-matrix.ts';
import { startTraefik } from '../helpers/traefik.ts';

// Every kind of client with every kind of server, where servers are child processes.
const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'mcp');
const { environment } = await startTraefik(afterAll);

const SERVICES: MatrixServices = {
  'stdio legacy': overStdio('legacy'),
  'stdio modern': overStdio('modern'),
  'HTTP legacy': { command: ['node', join(FIXTURES, 'http', 'legacy.ts')] },
  'HTTP modern': { command: ['node', join(FIXTURES, 'http', 'modern.ts')] },
};

function overStdio(era: string): object {
  return { transport: 'stdio', command: ['node', join(FIXTURES, 'stdio', 'server.ts'), era] };
}

describeMatrix(
  { embedded: createWorkplace(afterAll), Traefik: createWorkplace(afterAll, { environment }) },
  SERVICES,
);
