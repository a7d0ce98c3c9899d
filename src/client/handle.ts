/** One workflow of ours, as its clients see it: status, commands, result. */
import { WorkflowNotFoundError, WorkflowUpdateStage, type WorkflowHandle } from '@temporalio/client';
import type { z } from 'zod';
import type { CommandAnswer } from '../contract/operation/commands.js';
import { SwitchyardError } from '../errors/switchyard-error.js';
import { commandAnswerMs } from '../limits/client.js';
import type { Access } from './access.js';
import { follow, waitUntil, type Followed, type FollowOptions, type WaitOptions } from './follow.js';
import { isOpen } from './summary.js';

/** The commands of a workflow type with the schemas of their payloads, as the contract has them. */
export type CommandSchemas = Readonly<Record<string, z.ZodType>>;

/** What a command takes. */
export type CommandInput<Schema extends z.ZodType> = NonNullable<z.infer<Schema>>;

export interface CommandOptions {
  /** Two sendings with the same id are one command: for callers that try again. */
  readonly updateId?: string | undefined;
  /** How long the answer of a command that was taken is waited for; two minutes where it is absent. */
  readonly timeoutMs?: number | undefined;
}

/** A method for each command, by its name. */
export type CommandMethods<Schemas extends CommandSchemas> = {
  readonly [Name in keyof Schemas]: (
    input?: CommandInput<Schemas[Name]>,
    options?: CommandOptions,
  ) => Promise<CommandAnswer>;
};

/** What a handle is of. */
export interface HandleOf<Kind extends string> {
  readonly kind: Kind;
  readonly handle: WorkflowHandle;
  readonly access: Access;
  /** Who gives the commands that do not say who. */
  readonly by: string | undefined;
}

export class WorkflowOfOurs<
  Kind extends string,
  Schemas extends CommandSchemas,
  Status extends { readonly phase: string },
  Result,
> {
  readonly kind: Kind;
  readonly workflowId: string;
  readonly #access: Access;
  readonly #handle: WorkflowHandle;
  readonly #by: string | undefined;

  constructor({ kind, handle, access, by }: HandleOf<Kind>) {
    this.kind = kind;
    this.workflowId = handle.workflowId;
    this.#access = access;
    this.#handle = handle;
    this.#by = by;
  }

  /** @throws NOT_ANSWERED where no worker answers, UNKNOWN_WORKFLOW, TEMPORAL_UNREACHABLE and others of the catalogue. */
  status(): Promise<Status> {
    return this.query<Status>('status');
  }

  /**
   * Sends a command as an update. What was refused, or comes too late, is an answer and no error, also after the end of
   * the workflow. @throws INVALID_INPUT, NOT_ANSWERED and others of the catalogue.
   */
  async command<Name extends keyof Schemas & string>(
    name: Name,
    input: CommandInput<Schemas[Name]> | Record<string, never> = {},
    { updateId, timeoutMs = commandAnswerMs }: CommandOptions = {},
  ): Promise<CommandAnswer> {
    const given = { ...(this.#by === undefined ? {} : { by: this.#by }), ...input };
    const named = updateId === undefined ? {} : { updateId };
    try {
      // Two steps, since only the second one may take long.
      const update = await this.#ask(`the command ${name}`, () =>
        this.#handle.startUpdate<CommandAnswer, [object]>(name, {
          ...named,
          args: [given],
          waitForStage: WorkflowUpdateStage.ACCEPTED,
        }),
      );
      return await this.#ask(`the command ${name}`, () => update.result(), timeoutMs);
    } catch (error) {
      const late = await this.#answerAfterTheEnd(name, error);
      if (late === undefined) throw error;
      return late;
    }
  }

  /**
   * Waits for the end of the operation, for as long as it takes.
   * @throws the error with which it has failed, by its code; ENDED_BY_TEMPORAL where it was cancelled by Temporal's own
   * means, terminated or timed out.
   */
  result(): Promise<Result> {
    return this.#ask('the result', () => this.#handle.result() as Promise<Result>, null);
  }

  /** Each status that differs from the one before, until the workflow has ended. To stop following changes nothing. */
  follow(options: FollowOptions = {}): AsyncGenerator<Status, void> {
    return follow(this.#followed, options);
  }

  /**
   * Waits for a phase, or for one of several. A phase that lasts less than a second may pass unseen: wait for one in which
   * somebody is waited for, or that is final. @throws PHASE_NOT_REACHED.
   */
  waitFor(phases: Status['phase'] | readonly Status['phase'][], options: WaitOptions = {}): Promise<Status> {
    const wanted: readonly string[] = typeof phases === 'string' ? [phases] : phases;
    return waitUntil(this.#followed, wanted.join(' or '), ({ phase }) => wanted.includes(phase), options);
  }

  protected query<Answer>(name: string): Promise<Answer> {
    return this.#ask(`the query ${name}`, () => this.#handle.query<Answer>(name));
  }

  /** Calls Temporal about this workflow. */
  protected about<T>(what: string, call: (handle: WorkflowHandle) => Promise<T>): Promise<T> {
    return this.#ask(what, () => call(this.#handle));
  }

  get #followed(): Followed<Status> {
    return {
      workflowId: this.workflowId,
      isOpen: () => this.#isOpen(),
      status: () => this.status(),
    };
  }

  async #isOpen(): Promise<boolean> {
    return isOpen(await this.#ask('the description', () => this.#handle.describe()));
  }

  #ask<T>(what: string, call: () => Promise<T>, withinMs?: number | null): Promise<T> {
    return this.#access.ask(what, this.workflowId, call, withinMs);
  }

  /** Temporal takes no update of a workflow that has ended; to its caller that is the answer of one that came too late. */
  async #answerAfterTheEnd(command: string, error: unknown): Promise<CommandAnswer | undefined> {
    if (!(error instanceof SwitchyardError && error.cause instanceof WorkflowNotFoundError)) return undefined;
    const { status, closeTime } = await this.#ask('the description', () => this.#handle.describe());
    const problem = `the workflow has ended (${status.name})${closeTime === undefined ? '' : ` at ${closeTime.toISOString()}`}`;
    const { code, message, remedy } = new SwitchyardError('COMMAND_TOO_LATE', { command, problem });
    return { outcome: 'tooLate', code, message: `${message} ${remedy}`, at: new Date().toISOString() };
  }
}

/** A method of its own for each command. */
export function commandMethods<Schemas extends CommandSchemas>(
  schemas: Schemas,
  of: Pick<WorkflowOfOurs<string, Schemas, { readonly phase: string }, unknown>, 'command'>,
): CommandMethods<Schemas> {
  const names = Object.keys(schemas) as (keyof Schemas & string)[];
  const methods = names.map((name) => [
    name,
    (input?: CommandInput<Schemas[typeof name]>, options?: CommandOptions) => of.command(name, input ?? {}, options),
  ]);
  return Object.fromEntries(methods) as CommandMethods<Schemas>;
}
