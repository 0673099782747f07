/** What the demo did, for a person: numbered sentences on the terminal, and the same in a file. */
import { appendFileSync, writeFileSync } from "node:fs";

/** After how long a step says that it is still going on, and how often, in milliseconds. */
const PATIENCE_MS = 3000;

export class Transcript {
  readonly #file: string;
  #steps = 0;

  /** Begins the file anew. */
  constructor(file: string) {
    this.#file = file;
    writeFileSync(file, "");
  }

  /** A line as it is. */
  say(line = ""): void {
    console.log(line);
    appendFileSync(this.#file, `${line}\n`);
  }

  /** Something that was done, with lines that belong to it. */
  step(sentence: string, ...details: readonly string[]): void {
    this.#steps += 1;
    this.say(`${String(this.#steps).padStart(2)}. ${sentence}`);
    for (const detail of details) this.detail(detail);
  }

  detail(line: string): void {
    this.say(`    ${line}`);
  }

  /** Waits for something, and says so when it takes long. @param what - such as "Starting Chromium" */
  async during<T>(what: string, work: Promise<T>): Promise<T> {
    const begun = performance.now();
    const timer = setInterval(() => {
      console.log(`    ${what}: ${Math.round((performance.now() - begun) / 1000)} s so far`);
    }, PATIENCE_MS);
    try {
      return await work;
    } finally {
      clearInterval(timer);
    }
  }
}
