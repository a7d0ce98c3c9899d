/** The course of a move when all goes well. */
import { expect } from 'vitest';
import { nextStep } from '../../../src/lifecycle/move/next-step.js';
import { optionsIn } from './driver.js';
import type { Monitor } from './monitor.js';

const alwaysOpen = { kind: 'window', open: true, ms: 1e12 } as const;

/** Without trouble to where most happens; random histories alone rarely come there. */
export function bringTo(monitor: Monitor, phase: 'queued' | 'following' | 'switched'): void {
  const { driver } = monitor;
  monitor.play(alwaysOpen);
  for (let steps = 0; steps < 30 && driver.phase !== phase && !driver.ended; steps += 1) {
    const { main, route } = driver.state.running;
    const follows = main?.kind === 'synchronise' && main.goal === 'follow' && !driver.stoppingIn.main;
    if (route !== null) monitor.play({ kind: 'end', lane: 'route', how: 'usual' });
    else if (main === null) monitor.play({ kind: 'command', name: 'launch', options: {}, reason: null });
    else if (follows) monitor.play({ kind: 'command', name: 'switchTraffic', options: {}, reason: null });
    else monitor.play({ kind: 'end', lane: 'main', how: 'switched' });
  }
}

/** From here on all goes well and a person does what the status says: the move has to end (K10). */
export function bringToEnd(monitor: Monitor): void {
  const { driver } = monitor;
  monitor.play(alwaysOpen);
  for (let steps = 0; steps < 300 && !driver.ended; steps += 1) {
    // What fails has to be seen to work before it is asked for more.
    if (driver.state.retrying !== null && driver.main !== null && driver.stoppingIn.main !== true) {
      monitor.play({ kind: 'tick', ms: 60_000 });
    }
    const { main, route, probe } = driver.state.running;
    if (route !== null || probe !== null) {
      monitor.play({ kind: 'end', lane: route !== null ? 'route' : 'probe', how: 'usual' });
      continue;
    }
    const follows = main?.kind === 'synchronise' && main.goal === 'follow';
    const { source, target } = driver.state.unreachable;
    const watches = main?.kind === 'watchServers' && source === null && target === null;
    const idle = main === null || follows || watches || main.kind === 'followReverse' || main.kind === 'watchPaused';
    const { command } = nextStep(driver.state);
    if (!idle || driver.stoppingIn.main) monitor.play({ kind: 'end', lane: 'main', how: 'switched' });
    else if (command !== null) {
      const { name, input } = command;
      monitor.play({ kind: 'command', name, options: optionsIn(input), reason: 'as the status says' });
    } else monitor.play({ kind: 'tick', ms: 60_000 });
  }
  expect(driver.ended, `K10: it comes to its end, not ${driver.phase}: ${driver.order.slice(-9).join(', ')}`).toBe(
    true,
  );
  expect(driver.answers.size, 'K4: everything is answered').toBe(monitor.sent);
}
