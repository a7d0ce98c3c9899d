/** Looks when an attempt that is waited for may begin, and tells the lifecycle. */
import { condition, proxyActivities } from '@temporalio/workflow';
import type { OperationActivities, WindowSight } from '../../contract/operation/activities.js';
import type { Kind } from '../../lifecycle/operation/kind.js';
import { attemptBoundMs } from '../../lifecycle/operation/limits.js';
import type { OperationState } from '../../lifecycle/operation/operation.js';
import { knownWindow } from '../../lifecycle/operation/window.js';
import { summaryBytesMax } from '../../limits/workflows.js';
import { looking, shownAs } from './activity-options.js';
import { cutToBytes } from './text.js';

/** The operation, as far as this needs it. */
interface Watched<State> {
  readonly name: string;
  readonly state: State;
  happened(happening: { readonly kind: 'windowSeen' } & WindowSight): void;
}

/** Goes on as long as the run does; what it knows is carried, so that the next one need not look again. */
export async function watchWindow<State extends OperationState>(
  operation: Watched<State>,
  kind: Kind<State>,
): Promise<never> {
  const waits = (): boolean => kind.needsWindow(operation.state) && kind.isReady(operation.state);
  for (;;) {
    await condition(waits);
    const sight = knownWindow(operation.state, Date.now()) ?? (await look(operation, kind));
    // The limits have changed meanwhile.
    if (sight === null) continue;
    const { open, untilMs } = sight;
    const summary = cutToBytes(`until the window of ${operation.name} ${open ? 'closes' : 'opens'}`, summaryBytesMax);
    const changed = (): boolean => !waits() || operation.state.window === null;
    await condition(changed, Math.max(1, untilMs - Date.now()), { summary });
  }
}

async function look<State extends OperationState>(
  operation: Watched<State>,
  kind: Kind<State>,
): Promise<WindowSight | null> {
  const limits = kind.limitsOf(operation.state);
  if (limits === null) return null;
  const options = shownAs(`look whether the window of ${operation.name} is open`, looking);
  const { lookAtWindows } = proxyActivities<OperationActivities>(options);
  const request = { windows: limits.window ?? [], atMs: Date.now(), attemptMs: attemptBoundMs(limits) };
  const seen = await lookAtWindows(request);
  if (JSON.stringify(kind.limitsOf(operation.state)) !== JSON.stringify(limits)) return null;
  operation.happened({ kind: 'windowSeen', ...seen });
  return seen;
}
