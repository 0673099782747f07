/** Loaded into a server that is measured: on SIGUSR2 it collects its garbage and says on stderr how much memory it has. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");
process.on("SIGUSR2", () => {
  collect();
  setImmediate(() => {
    collect();
    process.stderr.write(`${JSON.stringify({ event: "memory", ...process.memoryUsage() })}\n`);
  });
});
