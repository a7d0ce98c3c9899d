/** Workers that are frozen in the middle of a switch and wake after it was undone: they switch nothing, and nothing is lost. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { withMove, withOwnServer, type MoveLife } from '../support/move-life.js';
import type { Fault } from '../support/test-workers.js';

/** A frozen worker still takes tasks from the queue, each of which has to time out before another worker gets it. */
const waitMs = 120_000;

const onceOnly = { switch: { maxAttempts: 1 } };

/** Before writers wait, while they do, and when they are refused. */
type Place = Fault & { readonly name: string };
const journalRow: Place = {
  name: 'before the row of the journal',
  cluster: 'customer',
  statement: '^INSERT INTO _switchyard.switch_journal',
  when: 'before',
};
const places: readonly Place[] = [
  { name: 'before the gate is shut', cluster: 'commerce', statement: 'SET shut = TRUE', when: 'before' },
  { name: 'while writers wait', cluster: 'commerce', statement: 'WHERE number = 2$', when: 'after' },
  journalRow,
];

/** Stands still at the fault, under the locks; nobody else is there yet. */
async function frozenAt(life: MoveLife, fault: Fault): Promise<{ attempt: number; wakes: () => Promise<void> }> {
  const { worker, arm, reached, goOn } = await life.test.startFaultWorker(fault, false);
  await life.start(onceOnly);
  await life.toVerified();
  await life.skipNumbers('source');
  await arm();
  const { attempt, answer } = await life.attemptUntil(reached(waitMs));
  worker.kill('SIGSTOP');
  await life.test.startWorker();
  const wakes = async (): Promise<void> => {
    await goOn();
    worker.kill('SIGCONT');
    await answer;
  };
  return { attempt, wakes };
}

/** Writes go to the source, and nowhere else. */
async function expectNotSwitched({ test }: MoveLife, attempt: number): Promise<void> {
  const target = await test.root('target');
  const { operationId, traffic, writesRefusedSince } = await test.status();
  expect({ traffic, writesRefusedSince }).toMatchObject({
    traffic: [{ writes: 'source' }, { writes: 'source' }],
    writesRefusedSince: null,
  });
  const journal = await target.rows<{ attempt: number; outcome: string }>(
    'SELECT attempt, outcome FROM _switchyard.switch_journal WHERE operation_id = ? ORDER BY attempt',
    [operationId],
  );
  expect(journal.at(-1)).toEqual({ attempt, outcome: 'aborted' });
  // One that was lost before has none, or such a one.
  expect(journal.filter(({ outcome }) => outcome !== 'aborted')).toEqual([]);
  await expect(target.run('INSERT INTO orders (writer, n) VALUES (98, 0)')).rejects.toThrow('Switchyard move');
}

async function expectMovedInTheEnd(life: MoveLife): Promise<void> {
  await life.switch();
  await life.complete();
  await life.expectMoved();
}

describe.concurrent('a worker that is frozen under the locks of a switch', () => {
  it.each(places)('$name, does not switch when it wakes after another one has undone it', ({ name: _name, ...fault }) =>
    withMove(async (life) => {
      const { attempt, wakes } = await frozenAt(life, fault);
      await life.test.until('the attempt to be over', ({ gaveUp }) => gaveUp !== null, waitMs);
      await life.writesGoOn();
      await wakes();
      await sleep(2_000);
      await life.writesGoOn();
      await expectNotSwitched(life, attempt);
      await expectMovedInTheEnd(life);
    }),
  );

  it('while the target is gone: nobody guesses, and it is undone when the target answers again', () =>
    withOwnServer('target', async (life, own) => {
      const { attempt, wakes } = await frozenAt(life, journalRow);
      await own.server.kill('SIGKILL');
      const { error, writesRefusedSince } = await life.test.until(
        'a person to be asked',
        ({ phase }) => phase === 'needsOperator',
        waitMs,
      );
      expect(error?.code).toBe('SWITCH_UNCLEAR');
      expect(Date.parse(writesRefusedSince ?? '')).toBeLessThan(Date.now());
      const refused = life.writers.acknowledged;
      await sleep(2_000);
      expect(life.writers.acknowledged).toBe(refused);
      await own.server.start();
      await life.test.until('the attempt to be over', ({ gaveUp }) => gaveUp !== null, waitMs);
      await life.writesGoOn();
      await wakes();
      await sleep(2_000);
      await expectNotSwitched(life, attempt);
      await expectMovedInTheEnd(life);
    }));
});
