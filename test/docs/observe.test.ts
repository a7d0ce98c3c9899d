/** What docs/observe.md and ops/ say of metrics, alerts and the configuration is what there is. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadConfig } from '../../src/config/config.js';
import { declaredMetrics } from '../../src/contract/operation/metrics.js';
import { blocks, headings, read, section, slugOf } from './pages.js';

const page = 'docs/observe.md';

const ruleSchema = z.strictObject({
  alert: z.string().regex(/^Switchyard\w+$/),
  expr: z.string(),
  for: z
    .string()
    .regex(/^\d+m$/)
    .optional(),
  labels: z.strictObject({ severity: z.enum(['page', 'ticket']) }),
  annotations: z.strictObject({ summary: z.string(), runbook: z.string() }),
});
const alertsSchema = z.strictObject({
  groups: z.array(z.strictObject({ name: z.string(), rules: z.array(ruleSchema) })),
});
const { groups } = alertsSchema.parse(parse(read('ops/alerts.yaml')));
const rules = groups.flatMap((group) => group.rules);

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}
const { panels } = JSON.parse(read('ops/dashboard.json')) as { readonly panels: readonly Panel[] };
/** With a value in the place of each variable of Grafana's. */
const shown = panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => [title, expr.replace(/\$__range/g, '1h').replace(/\$\w+/g, 'x')] as const),
);
const expressions = [...rules.map(({ alert, expr }) => [alert, expr] as const), ...shown];

/** Where Prometheus's own grammar does not understand it; empty where it does. */
function mistakes(expr: string): readonly string[] {
  const found: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) found.push(`${from}-${to}: ${expr.slice(from, to)}`);
    },
  });
  return found;
}

/** The names of metrics, and the labels that are named beside them. */
function usedIn(expr: string): { readonly names: readonly string[]; readonly labels: readonly string[] } {
  const names = expr.match(/\b(?:switchyard|temporal)_\w+/g) ?? [];
  const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/, ?/));
  const matched = [...expr.matchAll(/(\w+)(?:=~?|!=)"/g)].map(([, label = '']) => label);
  return { names, labels: [...grouped, ...matched].filter((label) => label !== 'le') };
}

describe('ops/', () => {
  it.each(expressions)('%s is understood by Prometheus: %s', (_name, expr) => {
    expect(mistakes(expr)).toEqual([]);
    expect(mistakes(`${expr} ) by`)).not.toEqual([]);
  });

  it.each(expressions)('%s looks at metrics of ours as they are, by labels that they have: %s', (_name, expr) => {
    const { names, labels } = usedIn(expr);
    expect(names).not.toEqual([]);
    for (const name of names.filter((one) => one.startsWith('switchyard_'))) {
      const metric = declaredMetrics.find((one) => one.name === name.replace(/_bucket$/, ''));
      expect(metric, name).toBeDefined();
      for (const label of labels) expect(Object.keys(metric?.labels ?? {}), `${name} by ${label}`).toContain(label);
      // The first value of a series that was not there before is no increase.
      if (rules.some((rule) => rule.expr === expr) && metric?.kind === 'counter')
        expect(metric.fromStart, name).toBe(true);
    }
  });

  it('says of each alert what to do about it', () => {
    const slugs = headings(page).map((heading) => `${page}#${slugOf(heading)}`);
    for (const { alert, annotations } of rules) expect(slugs, alert).toContain(annotations.runbook);
    const told = slugs.slice(slugs.indexOf(`${page}#what-to-do-about-an-alert`) + 1, -1);
    const named = new Set(rules.map(({ annotations }) => annotations.runbook));
    expect(told.filter((slug) => !named.has(slug))).toEqual([]);
  });
});

describe(page, () => {
  it('lists the metrics with their labels', () => {
    const items = declaredMetrics.map(({ name, labels, help }) => {
      const named = Object.keys(labels).map((label) => `\`${label}\``);
      return `- \`${name}\` (${named.join(', ')}): ${help}`;
    });
    const listed = section(page, 'Metrics')
      .split(/\n(?=- |\n)/)
      .map((item) => item.trim().replace(/\s+/g, ' '))
      .filter((item) => item.startsWith('- `switchyard_'));
    expect(listed).toEqual(items);
  });

  it.each(blocks(page, 'yaml'))('shows sections that are valid: %#', (yaml) => {
    const folder = mkdtempSync(join(tmpdir(), 'switchyard-docs-'));
    try {
      const file = join(folder, 'switchyard.yaml');
      writeFileSync(file, `clusters: {}\n${yaml}`);
      const { metrics, logs } = loadConfig(file, { METRICS_KEY: 'secret' });
      expect(metrics).toBeDefined();
      expect(logs.level).toBe('info');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
