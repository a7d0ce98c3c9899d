/** A command of a person that was understood, whatever it is for. Its `id` is the caller's, to find the answer by. */
export interface OperationCommand<Name extends string = string> {
  readonly id: number;
  readonly name: Name;
  readonly via: 'update' | 'signal';
  readonly by: string | null;
  readonly reason: string | null;
}
