/** Moves that have come to where tests begin. */
import type { MainActivity } from '../../../src/lifecycle/move/activity.js';
import type { MoveTerms } from '../../../src/lifecycle/move/event.js';
import { Driver } from './driver.js';
import { terms } from './outcomes.js';

/** A move in which this runs. */
export function at(kind: MainActivity['kind'], goal?: string, more: Partial<MoveTerms> = {}): Driver {
  const driver = new Driver({ ...terms, ...more });
  driver.runUntil(kind, goal);
  return driver;
}

/** Verified, and waiting for a person to switch. */
export function inFollowing(more: Partial<MoveTerms> = {}): Driver {
  return at('synchronise', 'follow', more);
}

/** An attempt to switch reads and writes runs. */
export function switching(more: Partial<MoveTerms> = {}): Driver {
  const driver = inFollowing(more);
  driver.send('switchTraffic');
  driver.runUntil('attemptSwitch');
  return driver;
}

/** All traffic is on the target, the router knows, and the reverse stream has caught up. */
export function inSwitched(more: Partial<MoveTerms> = {}): Driver {
  const driver = switching(more);
  driver.endWell();
  driver.runUntil(more.reverseReplication === false ? 'watchServers' : 'followReverse');
  return driver;
}

/** An attempt to reverse runs. */
export function reversing(): Driver {
  const driver = inSwitched();
  driver.send('reverseTraffic');
  driver.runUntil('attemptReverse');
  return driver;
}
