/** Whether the service of a webhook answers at all: asked without telling it anything. */
import { networkProblem } from '../errors/network-problem.js';
import { withJointSignal } from '../mysql/server/session/joint-signal.js';

/**
 * By HEAD, which changes nothing; whatever status it answers with, it answers. @returns why it does not; undefined where it
 * does. Never throws.
 */
export async function answers(url: string, withinMs: number, signal?: AbortSignal): Promise<string | undefined> {
  const limit = { withinMs, message: `no answer within ${withinMs / 1_000} s` };
  try {
    await withJointSignal([signal], limit, async (whole) => {
      const response = await fetch(url, { method: 'HEAD', redirect: 'manual', signal: whole });
      await response.body?.cancel();
    });
    return undefined;
  } catch (error) {
    return networkProblem(error);
  }
}
