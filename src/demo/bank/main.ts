/** The Bank of Ethel as a process: `node main.js --data DIR [--port N] [--broker URL]`. Prints its address, ends on a signal. */
import { parseArgs } from "node:util";
import { startBank } from "./start-bank.ts";

/** How long the end may take before it is forced. What is asked is on the disk at any time. */
const END_MS = 3000;

const { values } = parseArgs({
  options: { data: { type: "string" }, port: { type: "string", default: "0" }, broker: { type: "string" } },
});
if (values.data === undefined) {
  console.error("Which folder? Say --data DIR.");
  process.exit(2);
}
const bank = await startBank({
  data: values.data,
  port: Number(values.port),
  ...(values.broker === undefined ? {} : { broker: values.broker }),
});
console.log(bank.url);

function end(): void {
  setTimeout(() => process.exit(0), END_MS).unref();
  void bank.close().then(() => process.exit(0));
}
process.once("SIGINT", end);
process.once("SIGTERM", end);
