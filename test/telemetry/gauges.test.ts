/** What is shown of the work in a process, and that what has ended is not shown for ever. */
import { noopMetricMeter, type MetricMeter } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import type { Client } from '@temporalio/client';
import { Gauges } from '../../src/telemetry/gauges.js';
import { OpenOperations } from '../../src/telemetry/open-operations.js';
import { RunningWork } from '../../src/telemetry/running-work.js';

/** The last value of each gauge, by its name and its labels. */
function meterInto(shown: Map<string, number>): MetricMeter {
  const meter: MetricMeter = {
    createCounter: (name) => noopMetricMeter.createCounter(name),
    createHistogram: (name) => noopMetricMeter.createHistogram(name),
    createGauge: (name) => ({
      ...{ name, kind: 'gauge', valueType: 'float' },
      set: (value, tags = {}) => void shown.set(`${name} ${Object.values(tags).join(' ')}`, value),
      withTags: () => meter.createGauge(name),
    }),
    withTags: () => meter,
  };
  return meter;
}

describe('the gauges', () => {
  it('count what runs by its stage and show the worst lag; what has ended is 0', () => {
    const shown = new Map<string, number>();
    const work = new RunningWork(() => undefined);
    const gauges = new Gauges(meterInto(shown), () => work.readings);
    const [one, other] = [1, 2].map(() => work.see({ kind: 'onlineDdl', cluster: 'commerce' }));
    one?.progress({ stage: 'following', lagMs: 1_500 });
    other?.progress({ stage: 'following', lagMs: 40 });
    gauges.show();
    expect([...shown]).toEqual([
      ['switchyard_running_work onlineDdl commerce following', 2],
      ['switchyard_follow_lag_seconds onlineDdl commerce', 1.5],
    ]);
    one?.ended();
    other?.progress({ stage: 'cuttingOver' });
    gauges.show();
    expect(Object.fromEntries(shown)).toEqual({
      'switchyard_running_work onlineDdl commerce following': 0,
      'switchyard_running_work onlineDdl commerce cuttingOver': 1,
      'switchyard_follow_lag_seconds onlineDdl commerce': 0,
    });
  });
});

describe('the rows that were copied', () => {
  it('are those since the work has begun, whatever was copied before', () => {
    let rows = 0;
    const work = new RunningWork((more) => {
      rows += more;
    });
    const seen = work.see({ kind: 'moveTables', cluster: 'commerce' });
    seen.progress({ stage: 'copying' });
    seen.progress({ stage: 'copying', rows: 1_000 });
    seen.progress({ stage: 'copying', rows: 1_200 });
    seen.progress({ stage: 'copying', rows: 1_250 });
    // Rows that are compared are counted in the same field.
    seen.progress({ stage: 'verifying', rows: 1_250 });
    seen.progress({ stage: 'verifying', rows: 9_000 });
    expect(rows).toBe(250);
  });
});

describe('what is open', () => {
  it('is counted by its phase, as Temporal lists it, and stays as it was while Temporal does not answer', async () => {
    let listed: readonly { readonly type: string; readonly searchAttributes: object }[] | undefined;
    const list = async function* () {
      await Promise.resolve();
      if (listed === undefined) throw new Error('no answer');
      yield* listed;
    };
    const open = new OpenOperations({ workflow: { list } } as unknown as Client);
    const counts = () => open.readings.map(({ labels, value }) => [...Object.values(labels), value].join(' '));
    expect(counts()).toEqual(['onlineDdl needsOperator 0', 'moveTables needsOperator 0']);
    const inPhase = (type: string, ...phase: string[]) => ({ type, searchAttributes: { SwitchyardPhase: phase } });
    listed = [
      ...[inPhase('onlineDdl', 'copying'), inPhase('onlineDdl', 'copying'), inPhase('moveTables', 'needsOperator')],
      { type: 'moveTables', searchAttributes: {} },
    ];
    await open.look();
    const expected = ['moveTables needsOperator 1', 'moveTables unknown 1', 'onlineDdl copying 2'];
    expect(counts().toSorted()).toEqual([...expected, 'onlineDdl needsOperator 0']);
    listed = undefined;
    await open.look();
    expect(counts()).toContain('moveTables needsOperator 1');
  });
});
