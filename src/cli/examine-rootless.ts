import type { EngineFacts } from '../model/engine.ts';
import { type Finding, install } from './finding.ts';

/** What Podman needs, and what it cannot do, where it does not run as root. Pure. */
export function examineRootless(facts: EngineFacts): readonly (Finding | undefined)[] {
  return [examineIds(facts), examineTun(facts), examineUserNetwork(facts), examineLimits(facts)];
}

function examineIds({ hasSubordinateIds, programs, userName }: EngineFacts): Finding | undefined {
  const topic = 'user ids';
  const why = 'without root, the users inside containers are made of numbers given to you';
  if (!programs.has('newuidmap')) {
    const words = 'newuidmap is missing';
    return { topic, verdict: 'fault', words, why, mend: install('uidmap') };
  }
  if (hasSubordinateIds) return undefined;
  return {
    topic,
    verdict: 'fault',
    words: `${userName} has no range in /etc/subuid and /etc/subgid`,
    why,
    mend: `as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${userName} (a range that nobody has yet); then \`podman system migrate\``,
  };
}

function examineTun({ tunDevice }: EngineFacts): Finding | undefined {
  if (tunDevice === 'usable') return undefined;
  return {
    topic: '/dev/net/tun',
    verdict: 'fault',
    words: tunDevice === 'missing' ? 'it is missing' : 'you may not open it',
    why: 'without root, networks of containers reach the outside through it',
    mend: tunDevice === 'missing' ? 'as root: modprobe tun' : 'as root: chmod 666 /dev/net/tun',
  };
}

function examineUserNetwork({ programs }: EngineFacts): Finding | undefined {
  if (programs.has('slirp4netns') || programs.has('pasta')) return undefined;
  return {
    topic: 'user network',
    verdict: 'fault',
    words: 'neither slirp4netns nor pasta is installed',
    why: 'without root, networks of containers are made by one of them',
    mend: install('slirp4netns'),
  };
}

/** What services are limited by. */
const LIMITING = ['cpu', 'memory', 'pids'];

function examineLimits({ hasSystemd, info }: EngineFacts): Finding | undefined {
  if (info === undefined) return undefined;
  const missing = LIMITING.filter((name) => !info.controllers.includes(name));
  if (info.cgroups === 'v2' && missing.length === 0) return undefined;
  const what = info.cgroups === 'v1' ? LIMITING : missing;
  const notice = {
    topic: 'limits',
    verdict: 'note',
    words: `containers are not limited in ${what.join(', ')}`,
  } as const;
  if (info.cgroups === 'v1') {
    const why = 'without root, cgroup v1 cannot be used';
    return {
      ...notice,
      why,
      mend: 'run as root, or boot with `systemd.unified_cgroup_hierarchy=1`',
    };
  }
  const why = 'the system does not hand these controllers to its users';
  const mend = hasSystemd ? DELEGATE : 'run as root, or start Podman in a session of systemd';
  return { ...notice, why, mend };
}

const DELEGATE =
  "as root: mkdir -p /etc/systemd/system/user@.service.d && printf '[Service]\\nDelegate=cpu cpuset io memory pids\\n' > /etc/systemd/system/user@.service.d/delegate.conf && systemctl daemon-reload; then log in again";
