/** How the server's clock stands to ours. */
import type { Session } from '../session/session.js';

/**
 * By how much it is certainly ahead of ours, negative where it is behind: when on the way of the question and its answer
 * the server looked nobody knows. @throws the driver's errors.
 */
export async function clockAheadMs(session: Session): Promise<number> {
  const askedAtMs = Date.now();
  const { atMs } = await session.row<{ atMs: number | string }>(
    'SELECT ROUND(UNIX_TIMESTAMP(SYSDATE(3)) * 1000) AS atMs',
  );
  const answeredAtMs = Date.now();
  const serverMs = Number(atMs);
  if (serverMs < askedAtMs) return serverMs - askedAtMs;
  return Math.max(0, serverMs - answeredAtMs);
}
