import type { Kind } from './kind.js';
import type { OperationState } from './operation.js';
import { neverOpens } from './window.js';

/** Whether it goes no further until a person decides: what failed, attempts that are used up, a window that never opens. */
export function needsOperator<State extends OperationState>(kind: Kind<State>, state: State): boolean {
  if (kind.troubleOf(state) !== null) return true;
  const isHeld = kind.heldBySystem(state) !== null;
  const waitsForNothing = kind.isReady(state) && kind.needsWindow(state) && neverOpens(state);
  return kind.ending(state) === undefined && (isHeld || waitsForNothing);
}
