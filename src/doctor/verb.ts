/** What the verb `doctor` is told, and where. */
import type { Colours } from './render.js';

/** Where a verb speaks, and how it ends. */
export interface VerbContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the process ends with. */
  exitCode: number;
  readonly terminal: {
    readonly write: (text: string) => void;
    /** Whether somebody can be asked. */
    readonly canAsk: boolean;
    readonly ask: (question: string) => Promise<string>;
    readonly columns: number;
    readonly colours: Colours;
  };
}

/** What is said on the command line, as commander gives it. */
export interface DoctorWords {
  readonly config: string;
  readonly database: readonly string[];
  readonly json?: true;
  readonly fix?: true;
  readonly yes?: true;
  readonly address?: string;
  readonly namespace?: string;
  readonly profile?: string;
}
