/** What processes that share a store tell each other of their buckets (see `policy/`), so that a limit is one for all of them. */
export interface Taken {
  /** Which limit. */
  readonly bucket: string;
  /** Whose: an address, a key. */
  readonly name: string;
  readonly count: number;
}

export interface TakenStore {
  /**
   * Tells the other processes what was taken here. Nothing of it is kept, and an engine that no other process shares says
   * nothing.
   *
   * @throws StoreError
   */
  tellTaken(taken: readonly Taken[]): Promise<void>;
}
