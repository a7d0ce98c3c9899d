/** What is on record of a command (P9). */

/** One line of the audit log: who commanded what, when and why, and what became of it. */
export interface AuditLine {
  readonly operationId: string;
  readonly command: string;
  /** `system`: a decision that no command asked for. */
  readonly via: 'update' | 'signal' | 'system';
  /** Who gave the command and why, in their own words; null where they did not say. */
  readonly by: string | null;
  readonly reason: string | null;
  readonly outcome: string;
  readonly message: string;
  /** ISO time. */
  readonly at: string;
}
