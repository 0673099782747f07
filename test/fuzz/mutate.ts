/** What a fuzzer does to a message: to its structure, to the texts in it, and to its bytes. */
import { pick, type Random, upTo } from "../support/random.ts";
import { changeTree, sizeOfTree, type Tree } from "./tree.ts";

/** Scalars and other parts that are seldom what a reader waits for. Some are no JSON. */
const ODD: readonly string[] = [
  ...["null", "true", "false", "0", "-0", "-1", "1", "61", "1.5", "1e1", "1e999", "-1e999", "9007199254740993"],
  ...["99999999999999999999999999", "0x10", "01", "+1", ".5", "NaN", "Infinity", "undefined", "", "'a'"],
  ...[
    '""',
    '" "',
    '"a"',
    '"\\u0000"',
    '"\\ud800"',
    '"\\udc00x"',
    '"\ud83d\ude00"',
    '"\\u202e"',
    '"\u200b"',
    '"\u0130"',
  ],
  ...["[]", "{}", "[[]]", "[null]", "[{}]", "{}{}", "[,]", "[1,]", '{"a":1,}', '{"a"}', "{a:1}", "// x", "/* x */1"],
  ...['{"__proto__":{"Status":201}}', '{"constructor":1}', '{"toString":1}', '{"a":1,"\\u0061":2}', '"\t"', '"\n"'],
  ...['"2030-02-31T00:00:00Z"', '"2030-03-01T12:00:00+01:00"', '"9999-12-31T23:59:59Z"', '"0000-01-01T00:00:00Z"'],
  ...['"@"', '"a@b"', '"a@b@c"', '"alice@EXAMPLE.com"', '"Alice@example.com"', '"alice@example.com."', '"PENDING"'],
];

const NAMES: readonly string[] = [
  ...[
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "toString",
    "",
    " ",
    "a",
    "Status",
    "Request",
    "Response",
    "BrokerID",
  ],
  ...["crit", "b64", "jwk", "kid", "alg", "typ", "d", "k", "Text", "Endorse", "ReplyKey", "Match", "Presence", "Wait"],
];

const SRML: readonly string[] = [
  ...[
    "<h1>x</h1>",
    "<p>x</p>",
    "<button>x</button>",
    '<button value="x">x</button>',
    "<script/>",
    "<!-- -->",
    "<![CDATA[x]]>",
  ],
  ...[
    "<!DOCTYPE srml>",
    "&amp;",
    "&lt;",
    "&nbsp;",
    "&#x202e;",
    "<?xml version='1.0'?>",
    "\u202e",
    "\u200b",
    "\u0301".repeat(5),
  ],
  ...["</h1>", "</srml>", "<", ">", "&", "]]>", " xmlns='x'", "\r", "\u2028", "\ufeff", "\u{e0041}", "x".repeat(200)],
];

const SIGNS = ["=", "+", "/", "A", "-", "_", " ", "\n", "\u0000", "\u00e9", "\ud83d\ude00", "\u202e", ".", "@", "%00"];

/** Changes one to three parts. `others` are parts of other messages of the same broker. */
export function mutateTree(tree: Tree, random: Random, others: readonly Tree[]): Tree {
  let now = tree;
  for (let left = 1 + (random() < 0.3 ? 1 : 0) + (random() < 0.1 ? 1 : 0); left > 0; left--) {
    now = changeTree(now, upTo(random, sizeOfTree(now)), (part) => changed(part, random, others));
  }
  return now;
}

function changed(part: Tree, random: Random, others: readonly Tree[]): readonly Tree[] {
  const dice = random();
  if (dice < 0.18) return [{ raw: pick(random, ODD) }];
  if (dice < 0.34) return [pick(random, others)];
  if (dice < 0.42) return [];
  if (dice < 0.46) return [part, part];
  if (dice < 0.5) return [{ items: [part] }];
  if (dice < 0.53) return [deep(part, random)];
  if ("members" in part) return [changedMembers(part.members, random, others)];
  if ("items" in part) return [{ items: [...part.items, ...part.items] }];
  return [{ raw: changedScalar(part.raw, random) }];
}

function deep(part: Tree, random: Random): Tree {
  let now = part;
  for (let left = upTo(random, 40); left > 0; left--)
    now = random() < 0.5 ? { items: [now] } : { members: [["a", now]] };
  return now;
}

function changedMembers(members: readonly (readonly [string, Tree])[], random: Random, others: readonly Tree[]): Tree {
  const at = upTo(random, Math.max(1, members.length));
  const one = members[at];
  const dice = random();
  if (one === undefined || dice < 0.35) {
    const value = random() < 0.5 ? pick(random, others) : { raw: pick(random, ODD) };
    return { members: [...members, [pick(random, NAMES), value]] };
  }
  if (dice < 0.55)
    return { members: members.map((member, index) => (index === at ? [pick(random, NAMES), one[1]] : member)) };
  if (dice < 0.7) return { members: [...members, one] };
  if (dice < 0.8) return { members: [...members, [one[0].toLowerCase(), one[1]]] };
  const other = members[upTo(random, members.length)] ?? one;
  return {
    members: members.map(([name, value]) => [name, name === one[0] ? other[1] : name === other[0] ? one[1] : value]),
  };
}

function changedScalar(raw: string, random: Random): string {
  if (!raw.startsWith('"')) return random() < 0.5 ? `"${raw}"` : `${raw}${pick(random, ["0", "e5", ".5", "", "x"])}`;
  let text: unknown;
  try {
    text = JSON.parse(raw);
  } catch {
    return pick(random, ODD);
  }
  return typeof text === "string" ? JSON.stringify(changedText(text, random)) : pick(random, ODD);
}

function changedText(text: string, random: Random): string {
  const at = upTo(random, text.length + 1);
  if (text.startsWith("<") && random() < 0.7) return text.slice(0, at) + pick(random, SRML) + text.slice(at);
  const dice = random();
  if (dice < 0.2) return text.slice(0, at) + pick(random, SIGNS) + text.slice(at + 1);
  if (dice < 0.35) return text.slice(0, at) + pick(random, SIGNS) + text.slice(at);
  if (dice < 0.5) return text.slice(0, at);
  if (dice < 0.6) return text.slice(at);
  if (dice < 0.7) return text + text;
  if (dice < 0.76) return text.padEnd(upTo(random, 20_000), "A");
  if (dice < 0.85) return text === text.toLowerCase() ? text.toUpperCase() : text.toLowerCase();
  const index = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".charAt(upTo(random, 64));
  return text.slice(0, at) + index + text.slice(at + 1);
}

/** Changes the text of a message, most often not at all: white space, marks, an end that is missing. */
export function mutateText(text: string, random: Random): string {
  const at = upTo(random, text.length + 1);
  const dice = random();
  if (dice < 0.2) return `\ufeff${text}`;
  if (dice < 0.4) return text.slice(0, at);
  if (dice < 0.5) return text + text;
  if (dice < 0.7) return text.replace(/[{[:,]/g, (sign) => sign + pick(random, [" ", "\n", "\t", ""]));
  if (dice < 0.8) return text + pick(random, [" ", "x", "]", "}", "\u0000"]);
  return text.slice(0, at) + pick(random, SIGNS) + text.slice(at);
}

/** Changes bytes: flipped, left out, put in, doubled, cut. */
export function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array {
  let now: Uint8Array = Uint8Array.from(bytes);
  for (let left = 1 + upTo(random, 3); left > 0; left--) {
    const at = upTo(random, now.length + 1);
    const to = Math.min(now.length, at + upTo(random, 20));
    const dice = random();
    if (dice < 0.35 && at < now.length) now[at] = (now[at] ?? 0) ^ (1 << upTo(random, 8));
    else if (dice < 0.5) now = Buffer.concat([now.subarray(0, at), now.subarray(to)]);
    else if (dice < 0.7) now = Buffer.concat([now.subarray(0, at), Buffer.of(upTo(random, 256)), now.subarray(at)]);
    else if (dice < 0.85) now = Buffer.concat([now.subarray(0, to), now.subarray(at)]);
    else now = now.subarray(0, at);
  }
  return now;
}
