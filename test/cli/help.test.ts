/** The help texts: every command says what it is for and how it is typed, and tells what happens where nothing is said. */
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { makeProgram } from "../../src/cli/program.ts";

interface Help {
  /** As it is typed, such as `confirm pins add`. */
  readonly name: string;
  readonly command: Command;
  readonly text: string;
}

function helpOf(command: Command, before = ""): readonly Help[] {
  const name = `${before}${command.name()}`;
  const texts: string[] = [];
  command.configureOutput({ writeOut: (text) => texts.push(text), getOutHelpWidth: () => 200 });
  command.outputHelp();
  const rest = command.commands.flatMap((child) => helpOf(child, `${name} `));
  return [{ name, command, text: texts.join("") }, ...rest];
}

const ALL = helpOf(makeProgram({}, "0.0.0"));
const [TOP] = ALL;

describe("the help", () => {
  it.each(ALL)("of $name says what it is for, and has an example of it", ({ name, text }) => {
    expect(text).toMatch(new RegExp(`^Usage: ${name} [^\\n]*\\n\\n[^\\n]{15,}\\n`));
    expect(text).toMatch(new RegExp(`\\nExamples?:\\n(?:  .*\\n)*  ${name}`));
  });

  it.each(ALL)("of $name explains every option and argument, and has the options that every command has", (help) => {
    const { options, registeredArguments } = help.command;
    for (const one of [...options, ...registeredArguments]) expect(one.description).toMatch(/^\S.{9}/);
    for (const option of ["--home <dir>", "--broker <url>", "--from <account>", "--json"]) {
      expect(help.text).toContain(`  ${option} `);
    }
  });

  it.each(ALL)("of $name fits: no example is wider than a terminal of 120", ({ text }) => {
    const examples = text.slice(text.search(/\n(?:Exit codes|Examples?):\n/)).split("\n");
    expect(examples.filter((line) => line.length > 120)).toEqual([]);
  });

  it("lists every command", () => {
    const names = ["ask", "post", "status", "connect", "pending", "accept", "reject", "verify"];
    for (const name of [...names, "keys", "pins", "broker", "account", "device", "help"]) {
      expect(TOP?.text).toMatch(new RegExp(`\\n  ${name} `));
    }
  });

  it("tells of the defaults", () => {
    const textOf = (name: string): string => ALL.find((help) => help.name === `confirm ${name}`)?.text ?? "";
    expect(textOf("ask")).toContain('(default: "5m")');
    expect(textOf("ask")).toContain('(default: "2m")');
    expect(textOf("ask")).toContain("(default: the stored pins, else first use)");
    expect(textOf("broker")).toContain('(default: "127.0.0.1:8787")');
    expect(textOf("broker")).toContain("(default: localhost)");
    expect(textOf("account add")).toContain("(default: broker, in the home folder)");
    expect(textOf("status")).toContain('(default: "0")');
  });

  it("of ask tells what each exit code means", () => {
    const ask = ALL.find((help) => help.name === "confirm ask")?.text ?? "";
    for (const line of [
      "  0 accepted ",
      "  1 rejected",
      "  2 no answer ",
      "  3 not deliverable ",
      "  4 anything else ",
    ]) {
      expect(ask).toContain(`\n${line}`);
    }
  });
});
