import type { EngineContainer, EngineImage } from './engine-container.ts';

/** What goes on as it is until the document is edited, and not after that; in words, one each. */
export function findLosses(
  { Config: config, HostConfig: host, NetworkSettings: network }: EngineContainer,
  image: EngineImage,
): readonly string[] {
  const restarts = host.RestartPolicy?.Name ?? '';
  const own = restarts !== '' && restarts !== 'no';
  const secrets = (config.Secrets ?? []).map(({ Name }) => Name).join(', ');
  return [
    ...(own ? [`Podman restarts it as well (${restarts}), without back-off`] : []),
    ...(host.ReadonlyRootfs === true
      ? []
      : ['it can write to its whole file system; then only to /tmp and its volumes']),
    ...(config.WorkingDir !== image.Config?.WorkingDir && config.WorkingDir !== '/'
      ? [`it starts in ${config.WorkingDir}; then in the folder that its image says`]
      : []),
    ...(secrets === '' ? [] : [`it has secrets of Podman (${secrets}); then it has not`]),
    ...lostAddresses(network),
    ...lostNetworks(network),
  ];
}

type Network = EngineContainer['NetworkSettings'];

function lostAddresses(network: Network): readonly string[] {
  const published = Object.entries(network?.Ports ?? {}).flatMap(([inside, places]) =>
    (places ?? []).map(
      ({ HostIp = '', HostPort = '' }) =>
        `${inside} at ${HostIp === '' ? '0.0.0.0' : HostIp}:${HostPort}`,
    ),
  );
  if (published.length === 0) return [];
  return [`it is published (${published.join(', ')}); then only its route leads to it`];
}

/** The network that a container gets unasked says nothing of whom it wants to reach. */
const ENGINE_NETWORK = 'podman';

function lostNetworks(network: Network): readonly string[] {
  const names = Object.keys(network?.Networks ?? {}).filter((name) => name !== ENGINE_NETWORK);
  if (names.length === 0) return [];
  const which = names.length === 1 ? 'the network' : 'the networks';
  return [
    `it is in ${which} ${names.join(', ')}; then in one of its own, and reaches nobody there by name`,
  ];
}
