import { resolve } from 'node:path';
import { CORE_SETTINGS } from './core-settings.ts';
import type { SettingReader } from './setting.ts';

/** How the manager works for the platform's core. */
export interface CoreConfig {
  /** Absent: its list is never asked for. */
  readonly apiUrl?: string;
  /** Absolute. */
  readonly tokenFile?: string;
  readonly workspace?: string;
  readonly syncMs: number;
  readonly streams: boolean;
}

export function readCoreConfig(
  read: SettingReader,
  { workingFolder, hasRedis }: { readonly workingFolder: string; readonly hasRedis: boolean },
): CoreConfig {
  const apiUrl = read.optional(CORE_SETTINGS.coreUrl);
  const tokenFile = read.optional(CORE_SETTINGS.coreTokenFile);
  const workspace = read.optional(CORE_SETTINGS.coreWorkspace);
  if (apiUrl !== undefined && !hasRedis) {
    read.mistakes.push('CORE_API_URL needs REDIS_URL: the list makes good what was missed there');
  }
  return {
    ...(apiUrl !== undefined && { apiUrl }),
    ...(tokenFile !== undefined && { tokenFile: resolve(workingFolder, tokenFile) }),
    ...(workspace !== undefined && { workspace }),
    syncMs: read.required(CORE_SETTINGS.coreSync),
    streams: read.required(CORE_SETTINGS.coreStreams),
  };
}
