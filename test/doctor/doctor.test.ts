/** What is shown, what a program gets, what is asked before something is mended, and with what the process ends. */
import { createServer, type AddressInfo, type Server } from 'node:net';
import { Command } from 'commander';
import colours from 'picocolors';
import { afterEach, describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.js';
import { addDoctor } from '../../src/doctor/add-doctor.js';
import { notAsked, ok, problem, problemOf, warning, type Finding, type Mend } from '../../src/doctor/check.js';
import { doctor, type Around } from '../../src/doctor/doctor.js';
import { mendAll } from '../../src/doctor/mend-all.js';
import { renderReport } from '../../src/doctor/render.js';
import { exitCodes, mendsOf, reportOf, type DoctorReport, type Found } from '../../src/doctor/report.js';
import { runChecks } from '../../src/doctor/run-checks.js';
import { SwitchyardError } from '../../src/errors/switchyard-error.js';

const at = new Date('2026-11-30T12:00:00Z');
const plain = { colours: colours.createColors(false), columns: 60 };
const onCluster = (finding: Finding, check = 'grants'): Found => ({
  ...{ about: 'cluster', cluster: 'commerce', check },
  ...finding,
});
const ofTemporal = (finding: Finding): Found => ({ about: 'temporal', check: 'temporal', ...finding });
const unreachable = new SwitchyardError('TEMPORAL_UNREACHABLE', { address: 'nowhere:7233', problem: 'refused' });
const mend = (what: string, apply = () => Promise.resolve('It is done.')): Mend => ({ what, apply });

const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

/** Takes connections and never says a word. */
async function silentPort(): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => undefined).unref()).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  return (server.address() as AddressInfo).port;
}

function configOf(ports: Readonly<Record<string, number>>): Config {
  const clusters = Object.entries(ports).map(([name, port]) => {
    return [name, { name, host: '127.0.0.1', port, user: 'switchyard', password: 'x' }] as const;
  });
  return {
    clusters: new Map(clusters),
    taskQueue: 'switchyard',
    worker: { serves: ['control', 'follow', 'work'], slots: { control: 1, follow: 1, work: 1 }, shutdownGraceMs: 0 },
    logs: { level: 'info', format: 'text' },
  };
}

describe('The report', () => {
  it.each([
    ['nothing is wrong', [ok('Fine.')], 'ok', 0],
    ['there are warnings', [ok('Fine.'), warning('Hm.', 'Look.')], 'ok', 0],
    ['something was not asked', [notAsked('Not asked.')], 'ok', 0],
    ['there is a problem', [warning('Hm.', 'Look.'), problem('Bad.', 'Do.')], 'problems', 1],
    ['Temporal cannot be reached', [problem('Bad.', 'Do.'), problemOf(unreachable)], 'temporalUnreachable', 5],
    [
      'the namespace is not there',
      [problemOf(new SwitchyardError('UNKNOWN_NAMESPACE', { address: 'here:7233', namespace: 'x' }))],
      'temporalUnreachable',
      5,
    ],
  ] as const)('where %s', (_title, findings, outcome, exitCode) => {
    const report = reportOf(
      findings.map((finding) => ofTemporal(finding)),
      at,
    );
    expect(report).toMatchObject({ version: 1, outcome, checkedAt: '2026-11-30T12:00:00.000Z' });
    expect(exitCodes[report.outcome]).toBe(exitCode);
  });

  it('has what a fix would do, and nothing that only this process understands', () => {
    const found = [onCluster({ ...warning('Old.', 'Raise it.'), mend: mend('bring it up') }), ofTemporal(ok('Fine.'))];
    expect(JSON.parse(JSON.stringify(reportOf(found, at)))).toEqual({
      ...{ version: 1, kind: 'doctor', outcome: 'ok', checkedAt: '2026-11-30T12:00:00.000Z' },
      counts: { ok: 1, warning: 1, problem: 0, notAsked: 0 },
      findings: [
        {
          ...{ about: 'cluster', cluster: 'commerce', check: 'grants', level: 'warning', message: 'Old.' },
          ...{ remedy: 'Raise it.', fix: 'bring it up' },
        },
        { about: 'temporal', check: 'temporal', level: 'ok', message: 'Fine.' },
      ],
    });
  });

  it('would mend each thing once', () => {
    const found = ['a', 'b', 'a'].map((what) => ({ ...warning('Old.', 'Do.'), mend: mend(what) }));
    expect(mendsOf(found).map(({ what }) => what)).toEqual(['a', 'b']);
  });
});

describe('The page', () => {
  it('is in groups, aligned, and no line is longer than the terminal', () => {
    const found = [
      onCluster(ok('MySQL 9.7.4 at db:3306.'), 'connection'),
      onCluster(problemOf(new SwitchyardError('BINLOG_OFF', { cluster: 'commerce' })), 'settings'),
      ofTemporal(notAsked('Not asked, since it does not answer.')),
    ];
    expect(renderReport(reportOf(found, at), plain)).toBe(
      [
        'Cluster commerce',
        '  ok       connection  MySQL 9.7.4 at db:3306.',
        '  PROBLEM  settings    BINLOG_OFF: Cluster commerce writes',
        '                       no binlog, so changes cannot be',
        '                       followed.',
        '                       -> Start the server with log_bin (the',
        '                       default), gtid_mode=ON and',
        '                       enforce_gtid_consistency=ON.',
        '',
        'Temporal',
        '  -        temporal    Not asked, since it does not answer.',
        '',
        '1 problem, 0 warnings, 1 ok, 1 not asked',
        '',
      ].join('\n'),
    );
  });

  it('obeys nothing that others have written', () => {
    const found = [onCluster(ok('a\u001b[2J\r\nCluster evil\u202e'))];
    const page = renderReport(reportOf(found, at), { ...plain, columns: Infinity });
    expect(page.split('\n')[1]).toBe('  ok       grants  a [2J Cluster evil');
  });

  it('has colours only where it is told so', () => {
    const report = reportOf([onCluster(ok('Fine.'))], at);
    const esc = '\u001b[';
    expect(renderReport(report, plain)).not.toContain(esc);
    expect(renderReport(report, { ...plain, colours: colours.createColors(true) })).toContain(`${esc}32mok`);
  });
});

describe('A look', () => {
  it('is over in time, and who does not answer hides nobody', async () => {
    const began = performance.now();
    const found = await runChecks({
      config: configOf({ closed: 1, silent: await silentPort() }),
      temporal: () => Promise.reject(unreachable),
      databases: [],
      withinMs: 500,
    });
    expect(performance.now() - began).toBeLessThan(5_000);
    const of = (cluster: string): readonly Found[] => found.filter((one) => one.cluster === cluster);
    expect(of('closed')[0]).toMatchObject({ check: 'connection', level: 'problem', code: 'SERVER_UNAVAILABLE' });
    expect(of('silent')[0]).toMatchObject({ check: 'connection', level: 'problem' });
    expect(of('silent')[0]?.message).toContain('within 0.5 s');
    for (const cluster of ['closed', 'silent']) {
      expect(
        new Set(
          of(cluster)
            .slice(1)
            .map(({ level }) => level),
        ),
      ).toEqual(new Set(['notAsked']));
    }
    expect(found.filter(({ about }) => about === 'temporal')[0]).toMatchObject({ code: 'TEMPORAL_UNREACHABLE' });
    expect(found.filter(({ about }) => about === 'configuration').map(({ level }) => level)).toEqual(['ok', 'ok']);
  });
});

describe('A fix', () => {
  const done: string[] = [];
  const mends = ['one', 'two'].map((what) =>
    mend(what, () => {
      done.push(what);
      return what === 'one' ? Promise.reject(new Error('it is locked')) : Promise.resolve('It is done.');
    }),
  );
  afterEach(() => void done.splice(0));

  it('lists first, and does nothing where nobody agrees', async () => {
    const said: string[] = [];
    const confirm = (question: string): Promise<boolean> => {
      said.push(question);
      return Promise.resolve(false);
    };
    const mended = await mendAll(mends, {}, { write: (text) => void said.push(text), confirm });
    expect(said.map((text) => text.trim())).toEqual([
      '--fix would:\n  1. one\n  2. two',
      'Do all of this?',
      'Nothing was done.',
    ]);
    expect(mended.map(({ outcome }) => outcome)).toEqual(['notDone', 'notDone']);
    expect(done).toEqual([]);
  });

  it.each([{}, { json: true }])('does nothing where nobody can be asked: %j', async (options) => {
    const said: string[] = [];
    expect(await mendAll(mends, options, { write: (text) => void said.push(text) })).toHaveLength(2);
    expect(done).toEqual([]);
    if ('json' in options) expect(said).toEqual([]);
    else expect(said.at(-1)).toContain('--yes');
  });

  it('goes on after one that fails, and says so', async () => {
    const said: string[] = [];
    const mended = await mendAll(mends, { yes: true }, { write: (text) => void said.push(text) });
    expect(done).toEqual(['one', 'two']);
    expect(mended).toEqual([
      { what: 'one', outcome: 'failed', message: 'it is locked' },
      { what: 'two', outcome: 'done', message: 'It is done.' },
    ]);
    expect(said.join('')).toContain('1. FAILED: it is locked\n  2. done: It is done.');
  });
});

/** Without a cluster; what is asked of Temporal fails. */
async function ended(
  options: Parameters<typeof doctor>[0],
  around: Partial<Around> = {},
): Promise<{ readonly exitCode: number; readonly written: string }> {
  let written = '';
  const exitCode = await doctor(options, {
    config: configOf({}),
    reachTemporal: () => Promise.reject(unreachable),
    page: plain,
    write: (text) => (written += text),
    ...around,
  });
  return { exitCode, written };
}

describe('The process', () => {
  it('says on one line what it has found, and ends by it', async () => {
    const { exitCode, written } = await ended({ json: true });
    expect(exitCode).toBe(5);
    expect(written.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(written) as DoctorReport).toMatchObject({ version: 1, outcome: 'temporalUnreachable' });
  });

  it('has nothing to mend where nothing of it is ours', async () => {
    const { written } = await ended({ json: true, fix: true, yes: true });
    expect(JSON.parse(written)).toMatchObject({ fixes: [] });
  });
});

describe('The verb', () => {
  async function called(...words: readonly string[]): Promise<unknown> {
    const terminal = { ...plain, write: () => undefined, canAsk: false, ask: () => Promise.resolve('') };
    const program = new Command('switchyard').exitOverride().configureOutput({ writeErr: () => undefined });
    addDoctor(program, { env: {}, exitCode: 0, terminal });
    return program.parseAsync(['doctor', ...words], { from: 'user' }).catch((error: unknown) => error);
  }

  it('refuses what is no option, and a configuration that is not there, before it asks anybody', async () => {
    expect(await called('--fixx')).toMatchObject({ code: 'commander.unknownOption' });
    expect(await called('--config', '/nowhere/switchyard.yaml')).toMatchObject({ code: 'INVALID_CONFIGURATION' });
  });
});
