/** Looks when a switch that was asked for may begin, and tells the lifecycle. */
import { condition, proxyActivities } from '@temporalio/workflow';
import type { MoveActivities, WindowSight } from '../../contract/move/activities.js';
import { summaryBytesMax } from '../../limits/workflows.js';
import { isReady, knownWindow, needsWindow } from '../../lifecycle/move/facts.js';
import { looking, shownAs } from '../operation/activity-options.js';
import { cutToBytes } from '../operation/text.js';
import type { Move } from './move.js';

/** Goes on as long as the run does; what it knows is carried, so that the next one need not look again. */
export async function watchWindow(move: Move): Promise<never> {
  for (;;) {
    await condition(() => needsWindow(move.state) && isReady(move.state));
    const { open, untilMs } = knownWindow(move.state, Date.now()) ?? (await look(move));
    const what = `until the window of ${move.request.name} ${open ? 'closes' : 'opens'}`;
    const summary = cutToBytes(what, summaryBytesMax);
    await condition(() => !needsWindow(move.state), Math.max(1, untilMs - Date.now()), { summary });
  }
}

async function look(move: Move): Promise<WindowSight> {
  const windows = move.state.terms?.switch.window ?? [];
  const options = shownAs(`look whether the window for the switch of ${move.request.name} is open`, looking);
  const seen = await proxyActivities<MoveActivities>(options).lookAtWindows({ windows, atMs: Date.now() });
  move.happened({ kind: 'windowSeen', ...seen });
  return seen;
}
