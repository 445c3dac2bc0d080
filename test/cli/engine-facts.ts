import type { EngineFacts, EngineInfo } from '../../src/model/engine.ts';

/** A rootless Podman with nothing to complain of, but for what is given. */
export function engineFacts(
  but: Partial<EngineFacts> = {},
  info: Partial<EngineInfo> = {},
): EngineFacts {
  return {
    userId: 1000,
    userName: 'ada',
    info: { ...INFO, ...info },
    programs: new Set(['podman', 'netavark', 'aardvark-dns', 'catatonit', 'newuidmap', 'pasta']),
    hasSystemd: true,
    hasSubordinateIds: true,
    tunDevice: 'usable',
    hybridControllers: [],
    freeBytes: 10_000_000_000,
    ...but,
  };
}

const INFO: EngineInfo = {
  version: '5.0.0',
  rootless: true,
  storageDriver: 'overlay',
  storageFolder: '/home/ada/storage',
  cgroups: 'v2',
  controllers: ['cpu', 'memory', 'pids'],
  ociRuntime: 'crun',
  networkBackend: 'netavark',
};
