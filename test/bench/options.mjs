/** The command line of the bench. Refuses what it does not know. */
import { parseArgs } from "node:util";

const usage = (parts) => `Usage: npm run bench -- [options]

  --quick          shorter: fewer rounds, less exact
  --only PART      one part: ${parts.join(", ")}; may be repeated
  --json FILE      write the figures as JSON too
  --profile DIR    write a CPU profile of the broker there (its figures are lower then)
  --help           this text

Figures go to stdout, progress to stderr. Ends with 1 where anything failed.`;

/**
 * Reads the arguments; prints what is wrong and ends the process where something is.
 *
 * @param parts - what there is to measure, in order
 */
export function readOptions(args, parts) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        quick: { type: "boolean", default: false },
        only: { type: "string", multiple: true, default: parts },
        json: { type: "string" },
        profile: { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
    const unknown = values.only.find((part) => !parts.includes(part));
    if (unknown !== undefined) throw new Error(`There is no part ${unknown}; there are ${parts.join(", ")}.`);
    if (values.help) {
      console.log(usage(parts));
      process.exit(0);
    }
    return {
      quick: values.quick,
      parts: parts.filter((part) => values.only.includes(part)),
      json: values.json,
      profileTo: values.profile,
    };
  } catch (error) {
    console.error(`${error.message}\n\n${usage(parts)}`);
    process.exit(2);
  }
}
