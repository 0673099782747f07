/** Account identifiers: ASCII, compared with the domain in lower case (-01, section 4.2). */
import { describe, expect, it } from "vitest";
import { endpointOf, isDomain, parseAccount } from "../../src/protocol/index.ts";
import { refusalCode } from "../support/refusal.ts";

describe("parseAccount", () => {
  it("lower-cases the domain and keeps the local part as it is", () => {
    expect(parseAccount("Alice.Smith@Example.COM")).toEqual({
      id: "Alice.Smith@example.com",
      local: "Alice.Smith",
      domain: "example.com",
    });
  });

  it.each(["alice@localhost", "a+b_c@x.y", "o'brien@example.com", "bob@xn--bcher-kva.example", "root@host-1.invalid"])(
    "reads %s",
    (text) => {
      expect(parseAccount(text).id).toBe(text);
    },
  );

  it("gives a value that cannot be changed", () => {
    expect(Object.isFrozen(parseAccount("alice@example.com"))).toBe(true);
  });

  it.each([
    ["nothing", ""],
    ["no at sign", "alice.example.com"],
    ["no local part", "@example.com"],
    ["no domain", "alice@"],
    ["two at signs", "alice@b@example.com"],
    ["white space", "alice smith@example.com"],
    ["white space around", " alice@example.com"],
    ["a line feed at the end", "alice@example.com\n"],
    ["a NUL", "alice\0@example.com"],
    ["a quoted local part", '"alice"@example.com'],
    ["angle braces", "<alice@example.com>"],
    ["a dot at the start", ".alice@example.com"],
    ["two dots", "alice..b@example.com"],
    ["an empty label", "alice@example..com"],
    ["a dot at the end", "alice@example.com."],
    ["a label that starts with a hyphen", "alice@-example.com"],
    ["a label that ends with a hyphen", "alice@example-.com"],
    ["an underscore in the domain", "alice@ex_ample.com"],
    ["a port", "alice@example.com:8787"],
    ["an address literal", "alice@[127.0.0.1]"],
    ["a letter beyond ASCII in the domain", "alice@bücher.example"],
    ["a letter beyond ASCII in the local part", "ålice@example.com"],
    ["a Cyrillic letter that looks Latin", "alice@ex\u0430mple.com"],
    ["a Kelvin sign, whose lower case is an ASCII letter", "alice@ban\u212a.example"],
    ["a full-width letter", "alice@\uff45xample.com"],
    ["a bidi override", "alice@\u202eexample.com"],
    ["a local part of 65 characters", `${"a".repeat(65)}@example.com`],
    ["a label of 64 characters", `alice@${"a".repeat(64)}.com`],
    ["255 characters", `a@${"a.".repeat(126)}a`],
  ])("refuses %s", async (_, text) => {
    expect(await refusalCode(() => parseAccount(text))).toBe("account");
  });

  it("reads the longest of each", () => {
    const text = `${"a".repeat(64)}@${`${"b".repeat(63)}.`.repeat(2)}${"c".repeat(61)}`;
    expect(text).toHaveLength(254);
    expect(parseAccount(text).id).toBe(text);
  });
});

describe("isDomain", () => {
  it("wants lower case, ASCII labels and no more than 253 characters", () => {
    expect(isDomain("localhost")).toBe(true);
    expect(isDomain("a.example")).toBe(true);
    expect(isDomain("A.example")).toBe(false);
    expect(isDomain("")).toBe(false);
    expect(isDomain(`${"a.".repeat(126)}a`)).toBe(true);
    expect(isDomain(`${"a.".repeat(126)}aa`)).toBe(false);
  });
});

describe("endpointOf", () => {
  it("is the well-known address of the account's domain, and for localhost this machine", async () => {
    expect(endpointOf("alice@Example.com")).toBe("https://example.com/.well-known/confirm");
    expect(endpointOf("alice@localhost")).toBe("http://127.0.0.1:8787/.well-known/confirm");
    expect(await refusalCode(() => endpointOf("example.com"))).toBe("account");
  });
});
