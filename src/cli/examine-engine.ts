import { type EngineFacts, type EngineInfo, losesIsolation } from '../model/engine.ts';
import { examineRootless } from './examine-rootless.ts';
import { type Finding, install } from './finding.ts';

/** Whether Podman, as it is set up here, can run services. Pure; what is in order is one finding. */
export function examineEngine(facts: EngineFacts): readonly Finding[] {
  const { info } = facts;
  const rootless = info?.rootless ?? facts.userId !== 0;
  const findings = [
    examineInfo(facts),
    ...(rootless ? examineRootless(facts) : []),
    ...(info === undefined ? [] : examineSetup(facts, info)),
    examineInit(facts),
  ];
  return findings.filter((finding) => finding !== undefined);
}

function examineInfo({ programs, info, infoFailure }: EngineFacts): Finding {
  const topic = 'podman';
  if (info !== undefined) return { topic, verdict: 'good', words: describe(info) };
  if (infoFailure !== undefined) {
    return {
      topic,
      verdict: 'fault',
      words: 'it cannot be used',
      why: infoFailure,
      mend: '`podman info` shows the same; when it works, run this again',
    };
  }
  return {
    topic,
    verdict: 'fault',
    words: 'it is not installed',
    why: 'services run in containers of Podman',
    mend: programs.has('netavark') ? install('podman') : install(...PACKAGES),
  };
}

/** Debian's names; others have the same programs in packages of like names. */
const PACKAGES = 'podman netavark aardvark-dns catatonit uidmap slirp4netns'.split(' ');

function describe(info: EngineInfo): string {
  const user = info.rootless ? 'rootless' : 'rootful';
  const { version, storageDriver, ociRuntime, networkBackend, cgroups } = info;
  return `${version}, ${user}: ${storageDriver}, ${ociRuntime}, ${networkBackend}, cgroup ${cgroups}`;
}

function examineSetup(facts: EngineFacts, info: EngineInfo): readonly (Finding | undefined)[] {
  return [
    examineStorage(info),
    examineDisk(facts, info),
    examineOciRuntime(facts, info),
    examineNetwork(facts, info),
    examineNames(facts, info),
    examineIsolation(info),
  ];
}

function examineStorage({ storageDriver, rootless }: EngineInfo): Finding | undefined {
  if (storageDriver !== 'vfs') return undefined;
  const file = rootless ? '~/.config/containers/storage.conf' : '/etc/containers/storage.conf';
  return {
    topic: 'storage',
    verdict: 'note',
    words: 'the driver is vfs',
    why: 'it copies the whole image for each container: slow, and much space',
    mend: `write \`[storage]\` and \`driver = "overlay"\` into ${file}; then \`podman system reset\`, which removes all containers and images`,
  };
}

const MIB = 1024 * 1024;
/** Less than this holds no image of a usual server. */
const LEAST_FREE_MIB = 256;
const LOW_FREE_MIB = 2048;

function examineDisk({ freeBytes }: EngineFacts, info: EngineInfo): Finding | undefined {
  if (freeBytes === undefined || freeBytes >= LOW_FREE_MIB * MIB) return undefined;
  return {
    topic: 'disk',
    verdict: freeBytes < LEAST_FREE_MIB * MIB ? 'fault' : 'note',
    words: `${Math.floor(freeBytes / MIB)} MiB are free in ${info.storageFolder}`,
    why: 'images, logs and volumes of containers lie there',
    mend: '`podman image prune` removes images that no container uses',
  };
}

function examineOciRuntime(facts: EngineFacts, info: EngineInfo): Finding | undefined {
  const { hybridControllers, programs } = facts;
  const isRefused = info.cgroups === 'v1' && hybridControllers.length > 0;
  if (info.ociRuntime !== 'crun' || !isRefused) return undefined;
  const file = info.rootless
    ? '~/.config/containers/containers.conf'
    : '/etc/containers/containers.conf';
  const first = programs.has('runc') ? '' : `${install('runc')}; then `;
  return {
    topic: 'oci runtime',
    verdict: 'fault',
    words: 'crun cannot start a container on this machine',
    why: `cgroups v1 and v2 are both in use (v2 has ${hybridControllers.join(', ')}), which it refuses`,
    mend: `${first}write \`[engine]\` and \`runtime = "runc"\` into ${file}, and restart Podman's service`,
  };
}

function examineNetwork({ programs }: EngineFacts, info: EngineInfo): Finding | undefined {
  const topic = 'networks';
  if (info.networkBackend !== 'netavark') {
    return {
      topic,
      verdict: 'fault',
      words: `they are made by ${info.networkBackend}`,
      why: 'only netavark keeps the networks of services apart',
      mend: `${install('netavark', 'aardvark-dns')}; then write \`[network]\` and \`network_backend = "netavark"\` into containers.conf, and \`podman system reset\``,
    };
  }
  if (programs.has('netavark')) return undefined;
  const why = 'each service has a network of its own, which it makes';
  const words = 'netavark is missing';
  return { topic, verdict: 'fault', words, why, mend: install('netavark', 'aardvark-dns') };
}

function examineNames({ programs }: EngineFacts, info: EngineInfo): Finding | undefined {
  if (info.networkBackend !== 'netavark' || programs.has('aardvark-dns')) return undefined;
  return {
    topic: 'names',
    verdict: 'note',
    words: 'aardvark-dns is missing',
    why: 'containers then resolve names as this machine does',
    mend: install('aardvark-dns'),
  };
}

function examineIsolation(info: EngineInfo): Finding | undefined {
  if (!losesIsolation(info)) return undefined;
  return {
    topic: 'isolation',
    verdict: 'note',
    words: 'services can reach each other after one of them ended, until the next start',
    why: 'netavark on iptables, as Podman 4 has it, takes the rule away that keeps all networks apart',
    mend: 'a Podman whose netavark uses nftables; until then let no service trust its network',
  };
}

function examineInit({ info, programs }: EngineFacts): Finding | undefined {
  if (info === undefined || programs.has('catatonit')) return undefined;
  return {
    topic: 'init',
    verdict: 'fault',
    words: 'catatonit is missing',
    why: 'each container has it as its first process, so that it can be stopped and leaves no zombies',
    mend: install('catatonit'),
  };
}
