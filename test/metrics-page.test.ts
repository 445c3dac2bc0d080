import { readFileSync } from 'node:fs';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createMetrics, openMetrics } from '../src/adapters/prometheus/metrics.ts';
import { formatTable } from './helpers/markdown-table.ts';

const PAGE = 'docs/metrics.md';
const DASHBOARD = 'deploy/grafana/mcp-manager.json';
const TABLE = /(?<=<!-- metrics -->\n)[^]*(?=<!-- \/metrics -->)/;
const OPTIONS = { version: '1', nodeVersion: 'v24', runtime: 'memory', clock: Date.now };
const NOW = { services: [], problems: 0 };

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labelNames: readonly string[];
}

function metricsOf(registry: Registry): readonly Metric[] {
  return registry.getMetricsAsArray().flatMap((metric) => {
    const labelNames: unknown = Reflect.get(metric, 'labelNames');
    if (!Array.isArray(labelNames)) throw new Error(`${metric.name} has no labels at all`);
    const { name, help } = metric;
    return [{ name, help, type: metric.constructor.name.toLowerCase(), labelNames }];
  });
}

test('the page has a line for every metric, and says what it is', async () => {
  const registry = new Registry();
  createMetrics(registry, OPTIONS);
  const rows = metricsOf(registry).map(({ name, type, labelNames, help }) => [
    `\`${name}\``,
    type,
    labelNames.map((label) => `\`${label}\``).join(', '),
    help,
  ]);
  const table = formatTable(['Metric', 'Kind', 'Labels', 'Meaning'], rows);
  const page = readFileSync(PAGE, 'utf8').replace(TABLE, `\n${table}\n\n`);
  await expect(page).toMatchFileSnapshot(`../${PAGE}`);
});

test('all that is given out is on the page, or is about the process', async () => {
  const text = await openMetrics(OPTIONS).text(NOW);
  const page = readFileSync(PAGE, 'utf8');
  const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name);
  expect(names.length).toBeGreaterThan(30);
  const unknown = names.filter((name) => !page.includes(`\`${name}\``));
  expect(unknown.filter((name) => !/^(process|nodejs)_/.test(name))).toEqual([]);
});

test('every query of the dashboard asks for metrics and labels that exist', async () => {
  const registry = new Registry();
  createMetrics(registry, OPTIONS);
  const own = metricsOf(registry);
  const text = await openMetrics(OPTIONS).text(NOW);
  const queries = queriesOf(JSON.parse(readFileSync(DASHBOARD, 'utf8')));
  expect(queries.length).toBeGreaterThan(20);
  expect(findUnknown(queries, own, text)).toEqual([]);
  const planted = ['rate(mcp_manager_nothing_total[5m])', 'sum by (colour) (mcp_manager_services)'];
  expect(findUnknown(planted, own, text)).toEqual(['mcp_manager_nothing_total', 'colour']);
});

test('every metric of ours is on the dashboard', () => {
  const registry = new Registry();
  createMetrics(registry, OPTIONS);
  const dashboard = readFileSync(DASHBOARD, 'utf8');
  const missing = metricsOf(registry).filter(({ name }) => !dashboard.includes(name));
  expect(missing).toEqual([]);
});

function queriesOf(dashboard: { panels: readonly { targets: readonly { expr: string }[] }[] }) {
  return dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
}

/** Names of metrics, and labels by which is summed, that are given out nowhere. */
function findUnknown(queries: readonly string[], own: readonly Metric[], text: string): string[] {
  const given = new Set(
    [...text.matchAll(/^# TYPE (\S+) (\S+)/gm)].flatMap(([, name = '', type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
  const labels = new Set(['le', ...own.flatMap(({ labelNames }) => labelNames)]);
  return queries.flatMap((query) => {
    const names = query.match(/\b(?:mcp_manager|process|nodejs)_\w+/g) ?? [];
    const summed = [...query.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) =>
      list.split(', '),
    );
    return [
      ...names.filter((name) => !given.has(name)),
      ...summed.filter((label) => !labels.has(label)),
    ];
  });
}
