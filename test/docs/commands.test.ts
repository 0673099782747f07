/**
 * The documents are true as far as a machine can tell: every `sh` and `js` block runs, every JSON block is what it says,
 * every link, path, script and option exists. What cannot run in a test has another fence (`console`).
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPolicy } from "../../src/broker/index.ts";
import { readKeySet } from "../../src/client/index.ts";
import { LIMITS, readRequest, readResponse, scanJson, TBSRequest } from "../../src/protocol/index.ts";
import { deadLinks, missingPaths, readDocuments, ROOT } from "./documents.ts";
import { openWorkspace, type Workspace } from "./workspace.ts";

const DOCUMENTS = readDocuments();
const LANGUAGES = ["sh", "js", "json", "console", "mermaid", "nginx", "text", "xml"];
const COMMANDS = ["ask", "post", "status", "connect", "pending", "accept", "reject", "verify", "broker"];
const GROUPS = [
  "account add",
  "account list",
  "account remove",
  "keys show",
  "keys export",
  "pins list",
  "pins add",
  "enquirer add",
  "policy block",
  "service-key rotate",
  "audit verify",
  "audit rotate",
  "audit erase",
];
/** Options of programs that are not ours, and of `npm start`. */
const FOREIGN = ["--no-install", "--stay", "--firefox"];

const blocksIn = (language: string): readonly (readonly [name: string, text: string])[] =>
  DOCUMENTS.flatMap(({ path, blocks }) =>
    blocks.filter((block) => block.language === language).map(({ line, text }) => [`${path}:${line}`, text] as const),
  );

describe("what a reader types", () => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await openWorkspace();
  });
  afterAll(() => workspace.close());

  it.each(blocksIn("sh"))(
    "%s runs, and every confirm in it succeeds",
    async (_, text) => {
      const { code, output, calls } = await workspace.run("sh", text);
      expect(calls.filter((call) => !call.startsWith("0 "))).toEqual([]);
      expect(calls.length, output).toBeGreaterThan(0);
      expect(code, output).toBe(0);
    },
    90_000,
  );

  it.each(blocksIn("js"))(
    "%s runs as a program",
    async (_, text) => {
      const { code, output } = await workspace.run("js", text);
      expect(code, output).toBe(0);
    },
    90_000,
  );

  it("finds the clone's own command after a build", () => {
    const output = execFileSync(join(ROOT, "node_modules/.bin/confirm"), ["--version"], { encoding: "utf8" });
    const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
    expect(output.trim()).toBe(version);
  });

  it("names only options that a command has", () => {
    const command = join(ROOT, "dist/node/cli/confirm.js");
    const help = ["", ...COMMANDS, ...GROUPS]
      .map((name) => execFileSync(process.execPath, [command, ...name.split(" ").filter(Boolean), "--help"]))
      .concat(execFileSync(process.execPath, [join(ROOT, "test/bench/run.mjs"), "--help"]))
      .join("\n");
    const options = new Set([...help.matchAll(/--[a-z][a-z-]*/g)].map(([option]) => option));
    const named = DOCUMENTS.filter(({ path }) => !/dependencies|decisions/.test(path)).flatMap(
      ({ path, prose, blocks }) => {
        const code = [
          ...[...prose.matchAll(/`([^`\n]+)`/g)].map(([, text = ""]) => text),
          ...blocks.map(({ text }) => text),
        ];
        const found = code.join("\n").matchAll(/(?<![\w-])--[a-z][a-z-]*/g);
        return [...found].map(([option]) => `${path} ${option}`);
      },
    );
    const unknown = named.filter((one) => {
      const option = one.slice(one.indexOf(" ") + 1);
      return !options.has(option) && !FOREIGN.includes(option);
    });
    expect(unknown).toEqual([]);
  }, 60_000);
});

describe("what a reader looks up", () => {
  it.each(DOCUMENTS)("$path has no dead link or image", (document) => {
    expect(deadLinks(document)).toEqual([]);
  });

  it.each(DOCUMENTS)("$path names only files that are there", (document) => {
    expect(missingPaths(document)).toEqual([]);
  });

  it.each(DOCUMENTS)("$path has no block of a kind that nothing checks", ({ blocks }) => {
    expect(blocks.map(({ language }) => language).filter((language) => !LANGUAGES.includes(language))).toEqual([]);
  });

  it.each(blocksIn("json"))("%s is a message, a policy, a key set or a signed payload", async (_, text) => {
    const json = scanJson(text, LIMITS.messageBytes);
    const [tag = ""] = Object.keys(json ?? {});
    if (tag.endsWith("Request") && tag !== "TBSRequest") readRequest(json);
    else if (tag === "TBSRequest") TBSRequest.read(json, "payload");
    else if (tag === "StatusResponse") readResponse("Status", json);
    else if (tag === "keys") expect(await readKeySet(Buffer.from(text))).toHaveLength(1);
    else readPolicy(text);
  });

  it("every npm script that is named exists", () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const named = DOCUMENTS.flatMap(({ prose, blocks }) =>
      [prose, ...blocks.map(({ text }) => text)].flatMap((text) => [
        ...[...text.matchAll(/\bnpm run ([a-z:]+)/g)].map(([, name = ""]) => name),
        ...[...text.matchAll(/\bnpm (start|test)\b/g)].map(([, name = ""]) => name),
      ]),
    );
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  it("the package ships the documents that the README leads to", () => {
    const { files } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { files: readonly string[] };
    for (const file of ["docs", "CHANGELOG.md", "SECURITY.md"]) {
      expect(files).toContain(file);
      expect(existsSync(join(ROOT, file))).toBe(true);
    }
  });
});
