/**
 * Every stage of a move's traffic and ends, with a server, the router, the worker or Temporal killed, frozen or gone for
 * good there (P1, P10): whoever does what the status names comes to an end at which one side takes the writes, with all that
 * was acknowledged. `npm test` runs a selection, another one with each seed; `npm run test:faults` runs all of them, and with
 * SWITCHYARD_FAULTS those whose titles it matches.
 */
import { describe, it } from 'vitest';
import { hows, suffer, victims, type How, type Stage, type Victim } from '../support/suffering-move.js';

const [commerce, customer] = ['commerce', 'customer'];
const journal = '^INSERT INTO _switchyard.switch_journal';
const records = '^UPDATE _switchyard.operations SET state';
const switching = [['switchTraffic']] as const;
const reversing = [...switching, ['reverseTraffic']] as const;
const completing = [...switching, ['complete']] as const;
/** The source answers as yet, so that everything can die in a forced end. */
const forcing = [...switching, ['forceComplete', { overrideReachableSource: true }]] as const;

const stages: Readonly<Record<string, Stage>> = {
  'switch, before the journal': { asks: switching, statement: journal, cluster: customer, when: 'before' },
  'switch, with the journal': { asks: switching, statement: journal, cluster: customer, when: 'after' },
  'reverse, before the journal': { asks: reversing, statement: journal, cluster: commerce, when: 'before' },
  'reverse, with the journal': { asks: reversing, statement: journal, cluster: commerce, when: 'after' },
  'complete, before a table goes': { asks: completing, statement: '^RENAME TABLE', cluster: commerce, when: 'before' },
  'complete, before the records': { asks: completing, statement: records, cluster: customer, when: 'before' },
  'complete, with one of two tables dropped': {
    asks: completing,
    options: { sourceTables: 'drop' },
    ...{ statement: '^DROP TABLE.*`_sw_', cluster: commerce, when: 'after' },
  },
  'cancel, before a table goes': { asks: [['cancel']], statement: '^DROP TABLE', cluster: customer, when: 'before' },
  'forced end, before the fences go': { asks: forcing, statement: '^DROP TRIGGER', cluster: customer, when: 'before' },
  'forced end, before the records': { asks: forcing, statement: records, cluster: customer, when: 'before' },
};

interface Case {
  readonly stage: string;
  readonly victim: Victim;
  readonly how: How;
}

const all: readonly Case[] = Object.keys(stages)
  .flatMap((stage) => victims.flatMap((victim) => hows.map((how) => ({ stage, victim, how }))))
  // A worker that is gone for good is one that is killed: there is another one.
  .filter(({ victim, how }) => victim !== 'worker' || how !== 'gone for good');

/** That a router is gone for good is told after some minutes only. */
const quick = all.filter(({ victim, how }) => victim !== 'router' || how !== 'gone for good');

/** `all`, or a regular expression for the titles of those that are to run. */
const asked = process.env['SWITCHYARD_FAULTS'];
const seed = Number(process.env['SWITCHYARD_FAULTS_SEED'] ?? Math.floor(Math.random() * quick.length));
const titleOf = ({ stage, victim, how }: Case): string => `${stage}: ${victim} ${how}`;
const titled = new RegExp(asked === undefined || asked === 'all' ? '' : asked);
/** Far from each other, so that they are of different stages. */
const selection = [0, 1].map((nth) => quick[(seed + nth * 57) % quick.length]).filter((one) => one !== undefined);
const chosen = asked === undefined ? selection : all.filter((one) => titled.test(titleOf(one)));

describe.concurrent(
  `moves that meet faults (SWITCHYARD_FAULTS${asked === undefined ? `_SEED=${seed}` : `=${asked}`})`,
  () => {
    for (const one of chosen) {
      const suffers = async (): Promise<void> => {
        const stage = stages[one.stage];
        if (stage !== undefined) await suffer(stage, one.victim, one.how);
      };
      it(titleOf(one), suffers, asked === undefined ? 400_000 : 900_000);
    }
  },
);
