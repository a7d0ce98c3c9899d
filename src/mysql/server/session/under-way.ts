/** Which sessions have sent a statement that is not answered yet, and since when: for whoever looks what they wait for. */

interface Statement {
  /** Of the connection. */
  readonly id: number;
  readonly since: Date;
}

export class UnderWay {
  readonly #statements = new Set<Statement>();

  /** A statement is sent. @returns to be called when it has ended, however it did. */
  began(id: number): () => void {
    const statement = { id, since: new Date() };
    this.#statements.add(statement);
    return () => void this.#statements.delete(statement);
  }

  /** Those that have been under way for so long. */
  longerThan(ms: number, nowMs = Date.now()): readonly Statement[] {
    return [...this.#statements].filter(({ since }) => nowMs - since.getTime() >= ms);
  }
}
