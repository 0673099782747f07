/** Collects checks while they are made. */
import type { Check, CheckName } from "./checks.ts";
import { ReceiptError } from "./errors.ts";

/** What there was nothing to check of is not in the list: no check is claimed that was not made. */
export class Checklist {
  readonly #made: Check[] = [];

  /** What was checked until now. */
  get made(): readonly Check[] {
    return Object.freeze([...this.#made]);
  }

  passed(name: CheckName, detail: string): void {
    this.#add({ name, outcome: "passed", detail });
  }

  ignored(name: CheckName, detail: string): void {
    this.#add({ name, outcome: "ignored", detail });
  }

  /**
   * Makes a check, which is added to the list where it fails; where it does not, the caller says what was found.
   *
   * @throws ReceiptError what `check` throws, with the list in `checks`
   */
  async make<T>(name: CheckName, check: () => T | Promise<T>): Promise<T> {
    try {
      return await check();
    } catch (error) {
      if (!(error instanceof ReceiptError)) throw error;
      this.#add({ name, outcome: "failed", detail: error.message });
      throw new ReceiptError(error.code, error.message, this.made);
    }
  }

  #add(check: Check): void {
    this.#made.push(Object.freeze(check));
  }
}
