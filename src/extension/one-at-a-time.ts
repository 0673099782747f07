/** Keeps a task from overlapping itself. Pure. */

/** Runs `task`; asked while it runs, it runs once more after, however often it was asked. */
export function oneAtATime(task: () => Promise<void>): () => Promise<void> {
  let asked = 0;
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    for (let done = -1; done !== asked;) {
      done = asked;
      await task();
    }
  }

  return () => {
    asked += 1;
    running ??= run().finally(() => {
      running = undefined;
    });
    return running;
  };
}
