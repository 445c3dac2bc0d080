import type { Era } from './eras.ts';

export interface Counters {
  requests(era: Era): void;
  refused(status: number): void;
  text(now: Gauges): string;
}

/** What is counted when it is asked for. */
export interface Gauges {
  readonly inFlight: number;
  readonly sessions: number;
  readonly children: number;
  readonly childrenStarted: number;
}

/** The bridge's figures in the text format of Prometheus. */
export function createCounters(): Counters {
  const requests = new Map<string, number>([
    ['modern', 0],
    ['legacy', 0],
  ]);
  const refused = new Map<string, number>();
  return {
    requests: (era) => add(requests, era),
    refused: (status) => add(refused, String(status)),
    text: (now) =>
      [
        ...metric('requests_in_flight', 'gauge', [['', now.inFlight]]),
        ...metric('sessions', 'gauge', [['', now.sessions]]),
        ...metric('children', 'gauge', [['', now.children]]),
        ...metric('children_started_total', 'counter', [['', now.childrenStarted]]),
        ...metric('requests_total', 'counter', labelled('era', requests)),
        ...metric('refused_total', 'counter', labelled('status', refused)),
        '',
      ].join('\n'),
  };
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function labelled(label: string, counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].map(([value, count]) => [`{${label}="${value}"}`, count]);
}

function metric(
  name: string,
  type: 'gauge' | 'counter',
  samples: readonly (readonly [labels: string, value: number])[],
): string[] {
  const full = `mcp_bridge_${name}`;
  return [
    `# TYPE ${full} ${type}`,
    ...samples.map(([labels, value]) => `${full}${labels} ${String(value)}`),
  ];
}
