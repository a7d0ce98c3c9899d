/** One activity at a time: runs it, and hands on its end as an event. */
import { CancellationScope } from '@temporalio/workflow';

export class Lane<Happening> {
  private scope: CancellationScope | null = null;

  /** `withoutResult` turns a rejection into an event; what it throws fails the workflow task. */
  constructor(
    private readonly happened: (happening: Happening) => void,
    private readonly withoutResult: (error: unknown) => Happening,
  ) {}

  /** Only when nothing runs. */
  run(work: () => Promise<Happening>): void {
    const scope = new CancellationScope();
    this.scope = scope;
    const end = scope.run(work).catch(this.withoutResult);
    void end.then((happening) => {
      this.scope = null;
      this.happened(happening);
    });
  }

  /** Asks what runs to stop at a safe point; asking twice changes nothing. */
  stop(): void {
    this.scope?.cancel();
  }
}
