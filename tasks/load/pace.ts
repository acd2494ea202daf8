/** What decides when a generator thread sends. Times are µs from the run's start. */
export interface Pace {
  /** Sends what is due by now. */
  turn(): void;
  /** When it wants its next turn besides those that answers give it; Infinity: never. */
  readonly nextUs: number;
  /** Nothing more will be sent. */
  readonly finished: boolean;
  /** The run ends earlier than planned, in good order. @param endUs ahead of now */
  endAt(endUs: number): void;
  /** Records what fell due and will not be sent: the run ends early. */
  leave(): void;
}
