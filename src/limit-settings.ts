import { amount, bytes, integer } from './setting-parsers.ts';
import { optional } from './setting.ts';

/** How many services there may be, and how much each of them may ask for. */
export const LIMIT_SETTINGS = {
  mostServices: optional({
    name: 'MAX_CONTAINERS',
    parser: integer(0, 100_000),
    otherwise: 'no limit for files, 50 for services of REST and core',
    description: 'Most services that may be declared.',
  }),
  mostPerWorkspace: optional({
    name: 'MAX_CONTAINERS_PER_WORKSPACE',
    parser: integer(0, 100_000),
    otherwise: 'no limit',
    description: 'Most services that REST and core may declare in one workspace of the platform.',
  }),
  maxMemory: optional({
    name: 'MAX_MEMORY_LIMIT',
    parser: bytes,
    otherwise: 'no limit',
    description: 'The most memory that one service may ask for.',
  }),
  maxCpu: optional({
    name: 'MAX_CPU_LIMIT',
    parser: amount,
    otherwise: 'no limit',
    description: 'The most CPU that one service may ask for, in cores.',
  }),
  maxPids: optional({
    name: 'MAX_PIDS_LIMIT',
    parser: integer(1, 4_194_304),
    otherwise: 'no limit',
    description: 'The most processes that one service may ask for.',
  }),
  maxReplicas: optional({
    name: 'MAX_REPLICAS_LIMIT',
    parser: integer(1, 1_000),
    otherwise: 'no limit for files, 10 for services of REST and core',
    description: 'The most instances that one service may ask for.',
  }),
};
