/**
 * The audit log's chain of a database file: one, since the file has one writer at a time, whichever process it is. So where
 * it ends is looked up in every transaction, and known to the end of that one.
 */
import type Database from "libsql";
import type { AuditEntry, AuditPlace } from "../audit.ts";
import { APPEND, appended, HEAD, NEW_CHAIN, placeOf, recordsFor } from "../audit-chain.ts";
import { randomName } from "../audit-hash.ts";
import { integerOf, textOf } from "../scripts/parse-rows.ts";

export class FileChain {
  readonly #find: Database.Statement;
  readonly #make: Database.Statement;
  readonly #read: Database.Statement;
  readonly #append: Database.Statement;
  #end: { readonly chain: number; readonly first: number; readonly head: AuditPlace } | undefined;

  constructor(database: Database.Database) {
    this.#find = database.prepare("SELECT chain FROM chains ORDER BY chain LIMIT 1");
    this.#make = database.prepare(NEW_CHAIN);
    this.#read = database.prepare(HEAD);
    this.#append = database.prepare(APPEND);
  }

  /** A transaction begins. */
  begin(): void {
    this.#end = undefined;
  }

  /** Appends, inside a transaction. */
  append(entry: AuditEntry): AuditPlace {
    const { chain, first, head } = (this.#end ??= this.#ending());
    let place = head;
    for (const record of recordsFor(head, first, entry)) {
      this.#append.run(appended(chain, record));
      place = placeOf(head, record);
    }
    this.#end = { chain, first, head: place };
    return place;
  }

  #ending(): { readonly chain: number; readonly first: number; readonly head: AuditPlace } {
    const chain = integerOf(this.#find.get() ?? this.#make.get(randomName()), "chain");
    const found = this.#read.get(chain);
    const head = { writer: textOf(found, "writer"), sequence: integerOf(found, "seq"), hash: textOf(found, "hash") };
    return { chain, first: integerOf(found, "first"), head };
  }
}
