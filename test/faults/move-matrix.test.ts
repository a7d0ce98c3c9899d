/**
 * Every stage of a move's traffic and ends, with a server or the worker killed, frozen or gone for good there (P1, P10):
 * whoever does what the status names comes to an end at which one side takes the writes, with all that was acknowledged.
 * `npm test` runs a selection, another one with each seed; `npm run test:faults` runs all of them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { MoveTablesStatus } from '../../src/contract/move/status.js';
import { withOwnServer, type MoveLife } from '../support/move-life.js';
import type { OwnMysql } from '../support/own-mysql.js';
import type { Fault, FaultWorker } from '../support/test-workers.js';

const journal = '^INSERT INTO _switchyard.switch_journal';

/** Where the worker stands; in this order people ask for what leads there. */
const stages = {
  'switch, before the journal': { asks: ['switchTraffic'], statement: journal, cluster: 'customer', when: 'before' },
  'switch, with the journal': { asks: ['switchTraffic'], statement: journal, cluster: 'customer', when: 'after' },
  'reverse, before the journal': {
    asks: ['switchTraffic', 'reverseTraffic'],
    statement: journal,
    cluster: 'commerce',
    when: 'before',
  },
  'reverse, with the journal': {
    asks: ['switchTraffic', 'reverseTraffic'],
    statement: journal,
    cluster: 'commerce',
    when: 'after',
  },
  'complete, before a table goes': {
    asks: ['switchTraffic', 'complete'],
    statement: '^RENAME TABLE',
    cluster: 'commerce',
    when: 'before',
  },
  'complete, before the records': {
    asks: ['switchTraffic', 'complete'],
    statement: '^UPDATE _switchyard.operations SET state',
    cluster: 'customer',
    when: 'before',
  },
  'cancel, before a table goes': { asks: ['cancel'], statement: '^DROP TABLE', cluster: 'customer', when: 'before' },
} as const satisfies Record<string, Fault & { readonly asks: readonly string[] }>;

const victims = ['source', 'target', 'worker'] as const;
const hows = ['killed and back', 'frozen', 'gone for good'] as const;

interface Case {
  readonly stage: keyof typeof stages;
  readonly victim: (typeof victims)[number];
  readonly how: (typeof hows)[number];
}

const all: readonly Case[] = (Object.keys(stages) as Case['stage'][])
  .flatMap((stage) => victims.flatMap((victim) => hows.map((how) => ({ stage, victim, how }))))
  // A worker that is gone for good is one that is killed: there is another one.
  .filter(({ victim, how }) => victim !== 'worker' || how !== 'gone for good');

const runsAll = process.env['SWITCHYARD_FAULTS'] === 'all';
const seed = Number(process.env['SWITCHYARD_FAULTS_SEED'] ?? Math.floor(Math.random() * all.length));
/** Far from each other, so that they are of different stages. */
const chosen = runsAll
  ? all
  : [0, 1].map((nth) => all[(seed + nth * 23) % all.length]).filter((one) => one !== undefined);

const waitMs = 150_000;
/** Longer than it takes to notice that a server is silent. */
const frozenMs = 9_000;
const reason = 'it will not come back';
const options = { switch: { backoffMs: [0, 500], maxAttempts: 20 } };

/** One move, and what became of it. */
class Suffering {
  #gaveUp = false;
  readonly #dead: 'source' | 'target' | null;

  constructor(
    private readonly life: MoveLife,
    private readonly own: OwnMysql,
    private readonly one: Case,
  ) {
    this.#dead = one.how === 'gone for good' && one.victim !== 'worker' ? one.victim : null;
  }

  async run(): Promise<void> {
    const { life, one } = this;
    const { asks, ...fault } = stages[one.stage];
    const faulty = await life.test.startFaultWorker(fault, false);
    await life.start(options);
    await life.toVerified();
    for (const [index, ask] of asks.entries()) {
      if (index === asks.length - 1) await faulty.arm();
      if (ask === 'switchTraffic' && index < asks.length - 1) await life.switch();
      else expect(await Promise.race([this.#ask(ask), sleep(1_000)]), ask).not.toMatchObject({ outcome: 'refused' });
    }
    await faulty.reached(waitMs);
    await this.#strike(faulty);
    await this.#leadOn();
    await this.#check();
  }

  /** The answer may wait for the end of the attempt. */
  async #ask(name: string): Promise<unknown> {
    return (await this.life.test.command(name, { reason: 'asked' }).catch(() => null)) ?? {};
  }

  async #strike({ worker, goOn }: FaultWorker): Promise<void> {
    const { test } = this.life;
    const { victim, how } = this.one;
    if (victim === 'worker') {
      worker.kill(how === 'frozen' ? 'SIGSTOP' : 'SIGKILL');
      await test.startWorker();
      if (how !== 'frozen') return;
      await sleep(frozenMs);
      await goOn();
      return worker.kill('SIGCONT');
    }
    const { server } = this.own;
    await server.kill(how === 'frozen' ? 'SIGSTOP' : 'SIGKILL');
    await goOn();
    if (how === 'frozen') {
      await sleep(frozenMs);
      await server.kill('SIGCONT');
    } else if (how === 'killed and back') await server.start();
  }

  /** Does what the status names until the move has ended. */
  async #leadOn(): Promise<void> {
    const { test } = this.life;
    const until = Date.now() + waitMs;
    while ((await test.handle.describe()).status.name === 'RUNNING') {
      if (Date.now() > until) throw new Error(`no end: ${JSON.stringify(await test.status())}`);
      const next = this.#nextOf(await test.status());
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
    if (this.#dead === other) return;
    const root = await test.root(other);
    const taken = await root.run('INSERT INTO orders (writer, n) VALUES (99, 1)').then(
      () => true,
      () => false,
    );
    expect(taken, `the ${other} takes no writes`).toBe(false);
  }
}

describe.concurrent(`moves that meet faults (SWITCHYARD_FAULTS_SEED=${runsAll ? 'all' : seed})`, () => {
  it.each(chosen)(
    '$stage: $victim $how',
    (one) => {
      const side = one.victim === 'worker' ? 'source' : one.victim;
      return withOwnServer(
        side,
        (life, own) => new Suffering(life, own, one).run(),
        // The rules are on the server that lives.
        { router: side === 'target' ? 'commerce' : 'customer' },
      );
    },
    400_000,
  );
});
