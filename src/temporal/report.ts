/** Gets to know one line for people, and how bad it is: a warning where nothing is said. */
export type Report = (line: string, level?: 'info' | 'warn' | 'error') => void;

/** Standard error as it is, where nobody has said how a log is written. */
export function toStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}
