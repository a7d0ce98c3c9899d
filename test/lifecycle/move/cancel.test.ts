import { describe, expect, it } from 'vitest';
import { Driver } from './driver.js';
import { at, inFollowing, inSwitched } from './histories.js';
import { failure } from './outcomes.js';

describe('cancel', () => {
  it('takes reads back, and removes nothing before the router has confirmed that', () => {
    const driver = inFollowing();
    driver.send('switchTraffic', { reads: true });
    driver.endWell();
    driver.endWell();
    driver.endWell('route');
    driver.send('cancel');
    driver.endWell();
    expect(driver.main).toBeNull();
    expect(driver.state.running.route).toMatchObject({ version: 3, reads: 'source' });
    driver.endWell('route');
    expect(driver.main).toMatchObject({ kind: 'cleanUp', outcome: 'cancelled', skip: [] });
  });

  it('before anything was started ends at once', () => {
    const driver = new Driver();
    driver.state = { ...driver.state, running: { main: null, route: null, probe: null }, grant: 0 };
    driver.send('cancel');
    expect(driver.ended).toBe(true);
  });

  it('sent again when the clean-up needs a person changes nothing but that it goes on', () => {
    const driver = at('synchronise', 'copied');
    driver.send('cancel', {}, 'first');
    driver.endWell();
    driver.happen({ kind: 'activityFailed', lane: 'main', failure: failure('terminal') });
    const { stop } = driver.state;
    driver.wait(60_000);
    expect([driver.phase, driver.send('cancel', {}, 'second')?.outcome]).toEqual(['needsOperator', 'accepted']);
    expect(driver.state.stop).toEqual(stop);
    expect(driver.main?.kind).toBe('cleanUp');
  });

  it("by Temporal's own Cancel is on record as refused once writes are on the target", () => {
    const driver = inSwitched();
    driver.happen({ kind: 'cancelRequested' });
    expect(driver.phase).toBe('switched');
    expect(driver.audit.at(-1)).toMatchObject({ command: 'cancel', answer: { code: 'WRITES_ON_TARGET' } });
    const before = at('synchronise', 'copied');
    before.happen({ kind: 'cancelRequested' });
    before.endWell();
    expect(before.main).toMatchObject({ kind: 'cleanUp' });
  });
});
