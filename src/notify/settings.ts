import type { NoticeEvent } from '../domain/notice.js';

/** Who is told of operations, structurally as the configuration normalises it. */
export type NotifySettings = { readonly events: readonly NoticeEvent[] } & (
  | {
      readonly driver: 'webhook';
      readonly url: string;
      readonly secret?: string | undefined;
      readonly headers?: Readonly<Record<string, string>> | undefined;
      readonly timeoutMs: number;
    }
  | {
      readonly driver: 'activity';
      readonly taskQueue: string;
      readonly activityType: string;
      readonly timeoutMs: number;
    }
);
