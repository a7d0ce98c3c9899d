/**
 * One move that meets a fault in a stage of its traffic or its end: the worker is stopped there, what is to suffer is killed,
 * frozen or taken away, and then somebody does what the status names until the move has ended.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, inject } from 'vitest';
import type { MoveTablesOptions } from '../../src/contract/move/input.js';
import type { MoveTablesStatus } from '../../src/contract/move/status.js';
import type { Residual } from '../../src/domain/residual.js';
import type { Side } from '../../src/domain/servers.js';
import type { ServerProcess } from '../../src/dev/server-process.js';
import { startTemporalServer, type TemporalServer } from '../../src/dev/temporal-server.js';
import { eventually, uniqueName } from './eventually.js';
import { withMove, withOwnServer, type MoveLife } from './move-life.js';
import { MoveTest } from './move-test.js';
import { startOwnMysql } from './own-mysql.js';
import type { Fault, FaultWorker } from './test-workers.js';

export const victims = ['source', 'target', 'router', 'worker', 'Temporal'] as const;
export type Victim = (typeof victims)[number];
export const hows = ['killed and back', 'frozen', 'gone for good'] as const;
export type How = (typeof hows)[number];

/** Where the worker stands; in this order people ask for what leads there. */
export interface Stage extends Fault {
  readonly asks: readonly (readonly [string, object?])[];
  readonly options?: MoveTablesOptions;
}

const waitMs = 150_000;
/** A router is told for some minutes before anybody hears that it does not answer. */
const routerWaitMs = 480_000;
/** Longer than it takes to notice that a server is silent. */
const frozenMs = 9_000;
/** What an operation needs to hear that Temporal is away. */
const awayMs = 3_000;
const reason = 'it will not come back';
const sides = ['source', 'target'] as const satisfies readonly Side[];

/** The process that is the victim; null for the worker, which is the one that the stage has stopped. */
type Ailing = Pick<ServerProcess, 'kill' | 'start'> | null;

/** Runs a move with what is to suffer as a process of its own. */
export function suffer(stage: Stage, victim: Victim, how: How): Promise<void> {
  const run = (life: MoveLife, ailing: Ailing): Promise<void> => new Suffering(life, ailing, stage, victim, how).run();
  switch (victim) {
    case 'source':
    case 'target':
      // The rules are on the server that lives.
      return withOwnServer(victim, (life, own) => run(life, own.server), {
        router: victim === 'target' ? 'commerce' : 'customer',
      });
    case 'router':
      return withRouter(run);
    case 'worker':
      return withMove((life) => run(life, null));
    case 'Temporal':
      return withTemporal((temporal) => withMove((life) => run(life, temporal), { temporal }));
  }
}

async function withRouter(run: (life: MoveLife, ailing: Ailing) => Promise<void>): Promise<void> {
  const own = await startOwnMysql([], 'rules');
  try {
    await withMove((life) => run(life, own.server), { rules: own.cluster });
  } finally {
    await own.stop();
  }
}

async function withTemporal(work: (temporal: TemporalServer) => Promise<void>): Promise<void> {
  const folder = join(inject('stack').folder, uniqueName('temporal'));
  const temporal = await startTemporalServer({ folder, headless: true });
  try {
    await work(temporal);
  } finally {
    await temporal.kill('SIGKILL');
  }
}

class Suffering {
  #gaveUp = false;
  /** What will not come back. */
  readonly #dead: Victim | null;

  constructor(
    private readonly life: MoveLife,
    private readonly ailing: Ailing,
    private readonly stage: Stage,
    private readonly victim: Victim,
    private readonly how: How,
  ) {
    this.#dead = how === 'gone for good' ? victim : null;
  }

  async run(): Promise<void> {
    const { life } = this;
    const { asks, options, ...fault } = this.stage;
    const faulty = await life.test.startFaultWorker(fault, false);
    await life.start({ switch: { backoffMs: [0, 500], maxAttempts: 20 }, ...options });
    await life.toVerified();
    for (const [index, [name, input = {}]] of asks.entries()) {
      if (index === asks.length - 1) await faulty.arm();
      if (name === 'switchTraffic' && index < asks.length - 1) await life.switch();
      else {
        const answer = await Promise.race([this.#ask(name, input), sleep(1_000)]);
        expect(answer, name).not.toMatchObject({ outcome: 'refused' });
      }
    }
    await faulty.reached(waitMs);
    await this.#strike(faulty);
    if (this.#dead === 'Temporal') return this.#checkWithoutTemporal(faulty);
    await this.#leadOn();
    await this.#check();
  }

  /** The answer may wait for the end of the attempt. */
  async #ask(name: string, input: object): Promise<unknown> {
    return (await this.life.test.command(name, { reason: 'asked', ...input }).catch(() => null)) ?? {};
  }

  async #strike({ worker, goOn }: FaultWorker): Promise<void> {
    const { ailing, how, victim } = this;
    if (ailing === null) {
      worker.kill(how === 'frozen' ? 'SIGSTOP' : 'SIGKILL');
      await this.life.test.startWorker();
      if (how !== 'frozen') return;
      await sleep(frozenMs);
      await goOn();
      return worker.kill('SIGCONT');
    }
    await ailing.kill(how === 'frozen' ? 'SIGSTOP' : 'SIGKILL');
    await goOn();
    if (how === 'frozen') {
      await sleep(frozenMs);
      await ailing.kill('SIGCONT');
    } else if (how === 'killed and back') {
      if (victim === 'Temporal') await sleep(awayMs);
      await ailing.start();
    }
  }

  /** Does what the status names until the move has ended. */
  async #leadOn(): Promise<void> {
    const { test } = this.life;
    const until = Date.now() + (this.#dead === 'router' ? routerWaitMs : waitMs);
    while ((await test.handle.describe()).status.name === 'RUNNING') {
      const status = await test.status();
      if (Date.now() > until) throw new Error(`no end: ${JSON.stringify(status)}`);
      const next = this.#nextOf(status);
      // What was answered meanwhile, or is done already, is as good.
      if (next !== null) await test.command(next.name, { ...next.input, reason }).catch(() => undefined);
      if (next?.input['acceptLoss'] === true) this.#gaveUp = true;
      await sleep(500);
    }
  }

  #nextOf({ nextCommand, nextStep }: MoveTablesStatus): { name: string; input: Record<string, unknown> } | null {
    if (nextCommand === null) return null;
    const named = { name: nextCommand.name, input: { ...nextCommand.input } };
    if (named.name !== 'retry' || this.#dead === null) return named;
    const words = new RegExp(`where the ${this.#dead} is gone for good (\\w+)(?: with (\\w+))?`).exec(nextStep);
    const [, name, option] = words ?? /(\w+) with (\w+) leaves out what is gone for good/.exec(nextStep) ?? [];
    return name === undefined ? named : { name, input: option === undefined ? {} : { [option]: true } };
  }

  async #check(): Promise<void> {
    const { test, writers } = this.life;
    const result = (await test.result()) as { outcome: string };
    const home = result.outcome === 'completed' ? 'target' : 'source';
    await sleep(300);
    await writers.stop();
    if (this.#dead !== home) {
      const root = await test.root(home);
      // What only a side has that was given up is lost, on word.
      if (!this.#gaveUp) await writers.expectAll(root);
      await root.run('INSERT INTO orders (writer, n) VALUES (99, 0)');
    }
    const other = home === 'source' ? 'target' : 'source';
    if (this.#dead !== other) expect(await this.#takesWrites(other), `the ${other} takes no writes`).toBe(false);
  }

  /** Of rows that are there already, so that nothing is changed by asking. */
  async #takesWrites(side: Side): Promise<boolean> {
    const root = await this.life.test.root(side);
    return root.run('UPDATE orders SET n = n LIMIT 1').then(
      ({ affectedRows }) => affectedRows > 0,
      () => false,
    );
  }

  /** Nobody can steer the move any more: the worker brings to an end what it does, and another Temporal cleans up. */
  async #checkWithoutTemporal({ worker }: FaultWorker): Promise<void> {
    const { test, writers } = this.life;
    const home = await this.#onlyHome();
    const operationId = await this.#operationId();
    worker.kill('SIGKILL');
    await withTemporal(async (temporal) => {
      const other = await MoveTest.open([], { temporal });
      try {
        await other.startWorker();
        for (const cluster of ['commerce', 'customer']) {
          const { residuals } = await other.reconcile({ cluster, operationId, ownerIsGone: true });
          for (const residual of residuals) this.#expectJudged(residual);
        }
      } finally {
        await other.close();
      }
    });
    expect(await this.#onlyHome()).toBe(home);
    await writers.stop();
    await writers.expectAll(await test.root(home));
  }

  /**
   * Removed, or left for a person. `kept` is the word on tables that once had the writes, and nothing else: whoever has
   * retained them could not start their clean-up any more, or was a reconcile, which leaves those of the target to a person.
   */
  #expectJudged({ outcome, why, parts }: Residual): void {
    expect(['removed', 'refused', 'kept'], why).toContain(outcome);
    if (outcome !== 'kept') return;
    expect(this.stage.asks.flat(), why).toContain('switchTraffic');
    for (const part of parts) expect(part, why).toMatch(/^retained table /);
  }

  async #onlyHome(): Promise<Side> {
    return eventually('one side to take writes', async () => {
      const taking: Side[] = [];
      for (const side of sides) if (await this.#takesWrites(side)) taking.push(side);
      expect(taking.length, 'sides that take writes').toBeLessThan(2);
      return taking[0];
    });
  }

  /** By the sidecar: whoever knew it is gone. */
  async #operationId(): Promise<string> {
    const root = await this.life.test.root('target');
    const { id } = await root.row<{ id: string }>(
      'SELECT operation_id AS id FROM _switchyard.operations WHERE database_name = ?',
      [this.life.test.database],
    );
    return id;
  }
}
