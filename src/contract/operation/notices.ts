/** What is told of an operation to those who do not look at it: a webhook, or an activity (docs/notifications.md). */
import { z } from 'zod';
import { noticeEvents } from '../../domain/notice.js';

/** JSON, versioned, additive. No row, and no statement of anybody's (P8). */
export const noticeSchema = z.strictObject({
  version: z.literal(1),
  /** The same in each try to tell it, and in no other one. */
  id: z.string(),
  event: z.enum(noticeEvents),
  /** When it happened. */
  at: z.iso.datetime(),
  namespace: z.string(),
  workflowId: z.string(),
  /** Null before the preparation. */
  operationId: z.string().nullable(),
  kind: z.enum(['onlineDdl', 'moveTables']),
  /** What people call it. */
  name: z.string(),
  clusters: z.array(z.string()),
  /** As the search attribute SwitchyardTable has them. */
  tables: z.array(z.string()),
  phase: z.string(),
  /** What has happened, for people. */
  sentence: z.string(),
  nextStep: z.string(),
  /** The command that leads on, as the status has it; null where nothing has to be sent. */
  nextCommand: z.strictObject({ name: z.string(), input: z.record(z.string(), z.unknown()) }).nullable(),
  /** The same as one line, for a chat. */
  text: z.string(),
});

export type Notice = z.infer<typeof noticeSchema>;
