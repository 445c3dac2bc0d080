import { expect, test } from 'vitest';
import { examineEngine } from '../../src/cli/examine-engine.ts';
import type { EngineFacts, EngineInfo, EngineProgram } from '../../src/model/engine.ts';
import { engineFacts } from './engine-facts.ts';

test('an engine in order is one good finding that says what it is', () => {
  expect(examineEngine(engineFacts())).toEqual([
    {
      topic: 'podman',
      verdict: 'good',
      words: '5.0.0, rootless: overlay, crun, netavark, cgroup v2',
    },
  ]);
});

interface Case {
  readonly sees: string;
  readonly facts?: Partial<EngineFacts>;
  readonly info?: Partial<EngineInfo>;
  readonly without?: EngineProgram;
  readonly verdict: 'note' | 'fault';
  readonly mend: RegExp;
}

const cases: readonly Case[] = [
  { sees: 'user ids newuidmap is missing', without: 'newuidmap', verdict: 'fault', mend: /uidmap/ },
  {
    sees: 'user ids ada has no range',
    facts: { hasSubordinateIds: false },
    verdict: 'fault',
    mend: /usermod --add-subuids .* ada .*podman system migrate/,
  },
  {
    sees: '/dev/net/tun it is missing',
    facts: { tunDevice: 'missing' },
    verdict: 'fault',
    mend: /modprobe tun/,
  },
  {
    sees: '/dev/net/tun you may not open it',
    facts: { tunDevice: 'closed' },
    verdict: 'fault',
    mend: /chmod 666 \/dev\/net\/tun/,
  },
  {
    sees: 'user network neither slirp4netns nor pasta',
    without: 'pasta',
    verdict: 'fault',
    mend: /apt-get install slirp4netns/,
  },
  {
    sees: 'isolation services can reach each other after one of them ended',
    info: { version: '4.3.1' },
    verdict: 'note',
    mend: /uses nftables/,
  },
  {
    sees: 'limits containers are not limited in cpu, memory, pids',
    info: { cgroups: 'v1', ociRuntime: 'runc' },
    verdict: 'note',
    mend: /run as root/,
  },
  {
    sees: 'limits containers are not limited in cpu',
    info: { controllers: ['memory', 'pids'] },
    verdict: 'note',
    mend: /Delegate=cpu cpuset io memory pids/,
  },
  {
    sees: 'storage the driver is vfs',
    info: { storageDriver: 'vfs' },
    verdict: 'note',
    mend: /driver = "overlay".*~\/\.config\/containers\/storage\.conf/,
  },
  {
    sees: 'disk 1024 MiB are free in /home/ada/storage',
    facts: { freeBytes: 2 ** 30 },
    verdict: 'note',
    mend: /podman image prune/,
  },
  {
    sees: 'disk 100 MiB are free',
    facts: { freeBytes: 100 * 2 ** 20 },
    verdict: 'fault',
    mend: /podman image prune/,
  },
  {
    sees: 'oci runtime crun cannot start a container',
    facts: { hybridControllers: ['hugetlb'] },
    info: { rootless: false, cgroups: 'v1' },
    verdict: 'fault',
    mend: /install runc; then .*runtime = "runc".*\/etc\/containers\/containers\.conf/,
  },
  {
    sees: 'networks they are made by cni',
    info: { networkBackend: 'cni' },
    verdict: 'fault',
    mend: /network_backend = "netavark"/,
  },
  { sees: 'networks netavark is missing', without: 'netavark', verdict: 'fault', mend: /netavark/ },
  {
    sees: 'names aardvark-dns is missing',
    without: 'aardvark-dns',
    verdict: 'note',
    mend: /install aardvark-dns/,
  },
  { sees: 'init catatonit is missing', without: 'catatonit', verdict: 'fault', mend: /catatonit/ },
];

test.each(cases)('$sees: $verdict, with why and a way out', (given) => {
  const { sees, facts = {}, info = {}, without, verdict, mend } = given;
  const all = engineFacts(facts, info);
  const programs = new Set([...all.programs].filter((name) => name !== without));
  const findings = examineEngine({ ...all, programs }).filter((each) => each.verdict !== 'good');
  expect(findings.map(({ topic, words }) => `${topic} ${words}`)).toEqual([
    expect.stringContaining(sees),
  ]);
  expect(findings[0]).toMatchObject({ verdict, mend: expect.stringMatching(mend) });
  expect(findings[0]?.why).toMatch(/.{20}/);
});

test('no Podman at all is one fault for root', () => {
  const { info: _info, ...facts } = engineFacts({ userId: 0, programs: new Set() });
  expect(examineEngine(facts)).toEqual([
    expect.objectContaining({
      topic: 'podman',
      verdict: 'fault',
      words: 'it is not installed',
      mend: 'as root: apt-get install podman netavark aardvark-dns catatonit uidmap slirp4netns',
    }),
  ]);
});

test('an engine that says nothing is told with its own words', () => {
  const { info: _info, ...facts } = engineFacts({ infoFailure: 'cannot find newuidmap' });
  expect(examineEngine(facts)).toEqual([
    {
      topic: 'podman',
      verdict: 'fault',
      words: 'it cannot be used',
      why: 'cannot find newuidmap',
      mend: '`podman info` shows the same; when it works, run this again',
    },
  ]);
});

test('what only concerns users is not said to root', () => {
  const without = { userId: 0, hasSubordinateIds: false, tunDevice: 'missing' } as const;
  const findings = examineEngine(
    engineFacts(without, { rootless: false, cgroups: 'v1', ociRuntime: 'runc' }),
  );
  expect(findings.filter(({ verdict }) => verdict !== 'good')).toEqual([]);
});
