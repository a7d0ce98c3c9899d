/** Tells one notice to the webhook of the configuration: one request; Temporal repeats it a few times. */
import type { Notice } from '../contract/operation/notices.js';
import { SwitchyardError } from '../errors/switchyard-error.js';
import { signedPost, targetName } from '../router/signed-post.js';
import type { NotifySettings } from './settings.js';

/** @throws NOTICE_NOT_TOLD, NOTICE_REFUSED, the reason of `signal`. */
export async function sendNotice(
  settings: NotifySettings | undefined,
  notice: Notice,
  signal?: AbortSignal,
): Promise<void> {
  const { event } = notice;
  if (settings?.driver !== 'webhook') {
    const problem = 'the configuration of the worker names no webhook (`notify`), and that of another one did';
    throw new SwitchyardError('NOTICE_NOT_TOLD', { event, problem });
  }
  const posted = await signedPost(settings, JSON.stringify(notice), signal);
  if (posted.outcome === 'notDone') {
    const problem = `${targetName(settings)}: ${posted.problem}`;
    throw new SwitchyardError('NOTICE_NOT_TOLD', { event, problem }, { cause: posted.cause });
  }
  // 409: it has it already.
  if (posted.outcome === 'done' || posted.status === 409) return;
  const { status, answer } = posted;
  throw new SwitchyardError('NOTICE_REFUSED', { event, receiver: targetName(settings), status, answer });
}
