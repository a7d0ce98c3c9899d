/** How the waiting for an operation ends, and what is said meanwhile. */
import { describe, expect, it } from 'vitest';
import type { OperationHandle } from '../../src/cli/find.js';
import type { SwitchyardClient } from '../../src/client/switchyard-client.js';
import type { OnlineDdlStatus } from '../../src/contract/migration/status.js';
import { SwitchyardError } from '../../src/errors/switchyard-error.js';
import { initialState } from '../../src/lifecycle/migration/state.js';
import { statusOf } from '../../src/workflows/migration/status.js';
import { switchyard, type Surroundings } from '../support/cli.js';

const workflowId = 'online-ddl/commerce/shop/orders';
const request = { cluster: 'commerce', database: 'shop', statement: 'ALTER TABLE orders FORCE' };
const status: OnlineDdlStatus = { ...statusOf(request, null, initialState), table: 'orders' };
const result = {
  ...{ outcome: 'completed', retainedTable: '_sw_1_old', completedAt: '2026-11-30T07:00:00.000Z', attempts: 1 },
  ...{ blockedMs: 12, rowsCopied: 1_000, verified: true, notCompared: [], writeLatency: [] },
};

type Seen = Partial<OnlineDdlStatus> & { readonly open?: boolean };

/** An operation that is seen so, one look after the other; the last one stays. */
function operation(looks: readonly Seen[], end: () => Promise<object> = () => Promise.resolve(result)) {
  let at = 0;
  const now = (): Seen => looks[Math.min(at, looks.length - 1)] ?? {};
  const handle = {
    ...{ kind: 'onlineDdl', workflowId },
    summary: () => Promise.resolve({ open: now().open ?? true, workflowId, startedAt: '2026-11-30T06:59:00.000Z' }),
    status() {
      const { open: _open, ...seen } = now();
      at += 1;
      return Promise.resolve({ ...status, ...seen });
    },
    progress: () => Promise.resolve({ stage: 'copying', percent: 50 }),
    result: end,
    command: () => Promise.resolve({ outcome: 'done', code: 'OK', message: 'Let go.', at: '' }),
  };
  return { operation: () => Promise.resolve(handle as unknown as OperationHandle) } satisfies Partial<SwitchyardClient>;
}

const ended: Seen = { phase: 'completed', open: false };
const wait = (words: readonly string[], client: Partial<SwitchyardClient>, around: Surroundings = {}) =>
  switchyard([...words], { client, ...around });

describe('waiting', () => {
  it('ends with 0 where it is completed, and says what it came to', async () => {
    const said = await wait(['resume', 'orders', '--wait'], operation([{ phase: 'cuttingOver' }, ended]));
    expect(said.code).toBe(0);
    expect(said.out).toMatch(
      /^done: Let go\.\n\S+Z shop\.orders on commerce: cuttingOver, 50\.0 %\n\S+Z .*: completed\ncompleted: 1,000 rows copied, verified; writes waited 12 ms; 1 attempt\.\nThe old table is kept for a while as _sw_1_old\.\n$/,
    );
  });

  it('ends with 1 where it fails, with its error', async () => {
    const failure = new SwitchyardError('UNKNOWN_CLUSTER', { cluster: 'commerce', known: 'none' } as never);
    const client = operation([{ phase: 'failed', open: false }], () => Promise.reject(failure));
    expect(await wait(['watch', workflowId], client)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^failed: UNKNOWN_CLUSTER: /) as string,
    });
  });

  it('ends with 1 where it was cancelled, and with 0 where that was wanted', async () => {
    const client = operation([{ phase: 'cancelled', open: false }], () =>
      Promise.resolve({ ...result, outcome: 'cancelled' }),
    );
    expect(await wait(['resume', 'orders', '--wait'], client)).toMatchObject({ code: 1 });
    expect(await wait(['cancel', 'orders', '--yes', '--wait'], client)).toMatchObject({ code: 0 });
  });

  it.each([
    { phase: 'needsOperator' },
    { phase: 'postponed', postponed: { by: 'system', reason: 'attempts are used up', since: '' } },
  ] as const)('ends with 1 where it needs a person, which a watch stays for: $phase', async (seen) => {
    expect(await wait(['resume', 'orders', '--wait'], operation([seen]))).toMatchObject({
      code: 1,
      err: 'It goes no further until somebody decides; it stays open.\n',
    });
    expect(await wait(['watch', 'orders'], operation([seen, ended]))).toMatchObject({ code: 0 });
  });

  it('ends with 0 in the phase that is wanted', async () => {
    const held: Seen = { phase: 'postponed', postponed: { by: 'operator', reason: 'so', since: '' } };
    expect(await wait(['resume', 'orders', '--wait-for', 'postponed'], operation([held]))).toMatchObject({ code: 0 });
  });

  it('ends with 1 when its time is over, and the operation goes on', async () => {
    const words = ['resume', 'orders', '--wait', '--timeout', '50ms'];
    expect(await wait(words, operation([{ phase: 'copying' }]))).toMatchObject({
      code: 1,
      err: expect.stringContaining('it goes on') as string,
    });
  });

  it('ends at Ctrl-C with 130; nothing is sent, which is said', async () => {
    const interrupt = (press: () => void): void => void setTimeout(press, 50);
    const said = await wait(['watch', workflowId], operation([{ phase: 'copying' }]), { interrupt });
    expect(said).toMatchObject({ code: 130 });
    expect(said.err).toContain(
      `Nothing was sent: the operation goes on. "switchyard watch ${workflowId}" looks again.`,
    );
  });

  it('draws a picture on a terminal, which stays', async () => {
    const said = await wait(['watch', workflowId], operation([ended]), { isWatched: true, columns: 80 });
    expect(said.out).toContain('\r\u001b[Jshop.orders on commerce  completed\n');
    expect(said.out).toContain(`Ctrl-C ends only this picture: ${workflowId} goes on.`);
    expect(said.out).toMatch(/writes waited 12 ms; 1 attempt\.\n/);
  });

  it('says each change as JSON, and the end', async () => {
    const { json, code } = await wait(['watch', workflowId, '--json'], operation([{ phase: 'copying' }, ended]));
    expect(code).toBe(0);
    expect(json).toMatchObject([
      { version: 1, kind: 'operation', status: { phase: 'copying' }, progress: { percent: 50 }, problem: null },
      { version: 1, kind: 'operation', status: { phase: 'completed' }, progress: null },
      { version: 1, kind: 'end', workflowId, outcome: 'completed', result: { rowsCopied: 1_000 } },
    ]);
  });
});

describe('status', () => {
  it('ends with 5 where the workflow does not answer, with what Temporal knows', async () => {
    const silent = new SwitchyardError('NOT_ANSWERED', { what: 'the query status', workflowId, seconds: 10 });
    const client = {
      async operation() {
        const handle = await operation([{}]).operation();
        return Object.assign(handle, { status: () => Promise.reject(silent) });
      },
    };
    const said = await wait(['status', workflowId, '--json'], client);
    expect(said).toMatchObject({ code: 5, json: [{ status: null, problem: { code: 'NOT_ANSWERED' } }] });
  });

  it('finds a move by its name, and says where there is none', async () => {
    const asked: string[] = [];
    const client = {
      operation(id: string) {
        asked.push(id);
        return Promise.reject(new SwitchyardError('UNKNOWN_WORKFLOW', { workflowId: id, namespace: 'default' }));
      },
    };
    const said = await wait(['status', 'orders'], client);
    expect(asked).toEqual(['orders', 'online-ddl/orders', 'move-tables/orders']);
    expect(said).toMatchObject({ code: 2, err: expect.stringContaining('has no workflow orders.') as string });
  });

  it('lists what is open, and no more than is wanted', async () => {
    const summary = {
      ...{ workflowId, runId: 'r', kind: 'onlineDdl', open: true, execution: 'RUNNING', taskQueue: 'switchyard' },
      ...{ startedAt: '2026-11-30T06:59:00.000Z', closedAt: null, phase: 'copying', needsOperator: false },
      ...{ clusters: ['commerce'], tables: ['shop.orders'] },
    } as const;
    const conditions: object[] = [];
    const client = {
      async *list(given: object) {
        conditions.push(given);
        yield* await Promise.resolve([summary, summary, summary]);
      },
    };
    const { code, json } = await wait(['status', '--json', '--limit', '2', '--cluster', 'commerce'], client as never);
    expect([code, json]).toEqual([
      0,
      [
        {
          ...{ version: 1, kind: 'operations', more: true },
          operations: [expect.objectContaining({ type: 'onlineDdl', workflowId, phase: 'copying' }), expect.anything()],
        },
      ],
    ]);
    expect(conditions).toMatchObject([{ open: true, cluster: 'commerce' }]);
    const said = await wait(['status', '--limit', '2'], client as never);
    expect(said.out.split('\n')).toHaveLength(4);
    expect(said.err).toBe('There are more: --limit lists them.\n');
  });
});
