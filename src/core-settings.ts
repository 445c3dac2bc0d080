import { boolean, duration, openUrl, text } from './setting-parsers.ts';
import { optional, setting } from './setting.ts';

/** How the manager works for the surrounding platform's core, beside REDIS_URL. */
export const CORE_SETTINGS = {
  coreUrl: optional({
    name: 'CORE_API_URL',
    parser: openUrl,
    secret: true,
    otherwise: 'off',
    description: 'Core of the platform: its list of instances makes good what was missed on Redis.',
  }),
  coreTokenFile: optional({
    name: 'CORE_API_TOKEN_FILE',
    parser: text,
    otherwise: 'none',
    description: 'File with the bearer token for that list; read anew each time.',
  }),
  coreWorkspace: optional({
    name: 'CORE_WORKSPACE_ID',
    parser: text,
    otherwise: 'none',
    description: 'Workspace whose list is asked for (`X-Workspace-ID`).',
  }),
  coreSync: setting({
    name: 'CORE_SYNC_INTERVAL',
    parser: duration,
    value: '5m',
    description: 'Time between two looks at that list.',
  }),
  coreStreams: setting({
    name: 'CORE_STREAMS',
    parser: boolean,
    value: 'false',
    description:
      'Whether core is told how its services are by Redis streams too, as its later versions read them.',
  }),
};
