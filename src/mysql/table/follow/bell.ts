/** Wakes those who wait for what others bring about, so that nobody has to look again and again. */
export class Bell {
  readonly #waiting = new Set<() => void>();

  /** Says that something may have become so. */
  ring(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  /** Resolves once `isSo`, which is asked at each ring, or when the signal is aborted. @throws what `isSo` throws. */
  async until(isSo: () => boolean, signal?: AbortSignal): Promise<void> {
    while (signal?.aborted !== true && !isSo()) await this.#rungOr(signal);
  }

  #rungOr(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal?.addEventListener('abort', wake);
    });
  }
}
