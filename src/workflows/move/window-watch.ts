/** Looks when a switch that was asked for may begin, and tells the lifecycle. */
import { condition, proxyActivities } from '@temporalio/workflow';
import type { MoveActivities } from '../../contract/move-activities.js';
import { summaryBytesMax } from '../../limits/lifecycle.js';
import { isReady, needsWindow, wantsWindowLook } from '../../lifecycle/move/facts.js';
import { looking, shownAs } from '../activity-options.js';
import { cutToBytes } from '../text.js';
import type { Move } from './move.js';

/** Goes on as long as the run does; what it knows is carried, so that the next one need not look again. */
export async function watchWindow(move: Move): Promise<never> {
  const { name } = move.request;
  for (;;) {
    await condition(() => needsWindow(move.state) && isReady(move.state));
    const atMs = Date.now();
    if (wantsWindowLook(move.state, atMs)) {
      const windows = move.state.terms?.switch.window ?? [];
      const options = shownAs(`look whether the window for the switch of ${name} is open`, looking);
      const { open, untilMs } = await proxyActivities<MoveActivities>(options).lookAtWindows({ windows, atMs });
      move.happened({ kind: 'windowSeen', open, untilMs });
    }
    const { window } = move.state;
    if (window === null) continue;
    const summary = cutToBytes(`until the window of ${name} ${window.open ? 'closes' : 'opens'}`, summaryBytesMax);
    await condition(() => !needsWindow(move.state), Math.max(1, window.untilMs - Date.now()), { summary });
  }
}
