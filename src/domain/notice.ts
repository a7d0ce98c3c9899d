/** What those are told of who do not look at an operation. */
export const noticeEvents = [
  'needsOperator',
  'postponed',
  'retrying',
  'switched',
  'reversed',
  'completed',
  'failed',
  'cancelled',
] as const;

export type NoticeEvent = (typeof noticeEvents)[number];
