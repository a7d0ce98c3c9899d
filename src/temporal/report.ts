/** Gets to know one line for people. */
export type Report = (line: string) => void;

/** The log of a worker. */
export function toLog(line: string): void {
  process.stderr.write(`${line}\n`);
}
