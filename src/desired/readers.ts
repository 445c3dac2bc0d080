import type { LoaderSettings } from './expand.ts';
import type { TemplateCheck } from './parse-template.ts';
import { createFilesReader } from './read-files.ts';
import { createToolLockReader } from './tool-lock.ts';

/** Makes what reads texts, and reads none twice that did not change. */
export function createReaders(settings: LoaderSettings, checks: TemplateCheck) {
  return { readFiles: createFilesReader(settings, checks), readToolLock: createToolLockReader() };
}

export type Readers = ReturnType<typeof createReaders>;
