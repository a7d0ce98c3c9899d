/** What `dev` and `demo` are told on a command line. */

export interface DevOptions {
  readonly json?: true;
  readonly folder?: string;
  readonly keep?: true;
  readonly replica?: true;
}

export interface DemoArguments {
  /** The one of a move to another cluster. */
  readonly move: boolean;
  readonly rows?: number;
  readonly keep?: boolean;
  readonly happy?: boolean;
}
