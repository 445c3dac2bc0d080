import { openSecretKey } from '../adapters/secrets/secrets.ts';
import type { OpenOptions } from '../cli/host.ts';
import type { Config } from '../config.ts';
import type { CoreParts } from '../core-ports.ts';
import { toStatusReport } from '../platform/status-word.ts';
import type { Log } from '../ports.ts';

interface CoreOpening extends Pick<OpenOptions, 'mode'> {
  readonly log: Log;
  readonly stateFolder: string;
}

/** What works for the platform's core, where a manager runs that has a Redis. Throws CONFIG_INVALID and STATE_UNWRITABLE. */
export async function openCore(
  config: Config,
  { mode, log, stateFolder }: CoreOpening,
): Promise<CoreParts | undefined> {
  const { redisUrl, core } = config;
  if (redisUrl === undefined || mode === 'none' || mode === 'alone') return undefined;
  const versionOf = await openSecretKey(stateFolder);
  const { openCoreLink } = await import('../adapters/redis/core-link.ts');
  const link = openCoreLink({ url: redisUrl, log, clock: Date.now, streams: core.streams });
  const parts = {
    link,
    syncMs: core.syncMs,
    fingerprint: (text: string) => versionOf('core', text),
    reportOf: toStatusReport,
    close: () => link.close(),
  };
  const { apiUrl, tokenFile, workspace } = core;
  if (apiUrl === undefined) return parts;
  const { openCoreList } = await import('../adapters/core/list.ts');
  const list = openCoreList({
    url: apiUrl,
    ...(tokenFile !== undefined && { tokenFile }),
    ...(workspace !== undefined && { workspace }),
  });
  return { ...parts, list };
}
