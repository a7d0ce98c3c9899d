/** A session that is there when it is needed, and gone when it is not. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { SessionOnDemand } from '../../../../src/mysql/server/session/session-on-demand.js';
import { Session } from '../../../../src/mysql/server/session/session.js';
import { controlVariables } from '../../../../src/mysql/server/session/variables.js';
import { eventually } from '../../../support/eventually.js';

const keptMs = 100;
let opened: Session[] = [];
let onDemand: SessionOnDemand | undefined;

function make(): SessionOnDemand {
  opened = [];
  onDemand = new SessionOnDemand(async () => {
    const session = await Session.open(inject('stack').commerce.switchyard, controlVariables);
    opened.push(session);
    return session;
  }, keptMs);
  return onDemand;
}

afterEach(() => onDemand?.close());

describe('a session on demand', () => {
  it('is not opened before it is needed, is kept for a while, and opened again after that', async () => {
    const session = make();
    expect(opened).toHaveLength(0);
    const id = (used: Session): Promise<number> => Promise.resolve(used.id);
    expect(await session.use(id)).toBe(await session.use(id));
    await eventually('it to be closed', () => Promise.resolve(opened[0]?.closed === true || undefined));
    expect(await session.use(id)).not.toBe(opened[0]?.id);
    expect(opened).toHaveLength(2);
  });

  it('is not closed while it is used for long, and used by one after the other', async () => {
    const session = make();
    const order: string[] = [];
    const long = session.use(async (used) => {
      await used.run('START TRANSACTION');
      await sleep(3 * keptMs);
      await used.run('COMMIT');
      order.push('long');
    });
    const next = session.use((used) => used.run('DO 0').then(() => void order.push('next')));
    await Promise.all([long, next]);
    expect(order).toEqual(['long', 'next']);
    expect(opened).toHaveLength(1);
  });

  it('goes on after a failure of what it was used for, with another session where that was lost', async () => {
    const session = make();
    await expect(session.use((used) => used.run('NO SQL'))).rejects.toThrow('syntax');
    await session.use((used) => Promise.resolve(used.destroy()));
    await session.use((used) => used.run('DO 0'));
    expect(opened).toHaveLength(2);
  });

  it('leaves no session and no timer behind', async () => {
    const session = make();
    const before = timers();
    const used = session.use((one) => one.run('DO SLEEP(0.2)'));
    await session.close();
    await used;
    expect(opened.map(({ closed }) => closed)).toEqual([true]);
    expect(timers()).toBeLessThanOrEqual(before);
  });
});

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}
