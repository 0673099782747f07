/** How many calls a broker takes on. */
import { expect, it } from "vitest";
import { Admission, isNewcomer, type Place } from "../../../src/broker/bounds/admission.ts";
import { Shortages } from "../../../src/broker/bounds/shortages.ts";

const said: string[] = [];

function admission(calls: number, newcomers: number, parked: number): Admission {
  said.length = 0;
  const log = {
    write: (event: { readonly event: string }) => said.push(JSON.stringify(event)),
    flush: () => undefined,
  };
  return new Admission({ calls, newcomers, parked }, new Shortages(log));
}

const OVERLOADED = expect.objectContaining({
  code: "overloaded",
  retryAfter: expect.toSatisfy((seconds: number) => seconds >= 1 && seconds <= 4) as number,
}) as Error;

it("refuses what is one too many, says so once, and takes the next when one is done", () => {
  const calls = admission(3, 3, 0);
  const places = [calls.enter(true), calls.enter(false), calls.enter(false)];
  for (let more = 0; more < 10; more++) expect(() => calls.enter(false)).toThrow(OVERLOADED);
  expect(calls.wait()).toBeGreaterThan(0);
  expect(said).toHaveLength(1);
  places[0]?.leave();
  expect(calls.wait()).toBe(0);
  expect(() => calls.enter(true)).not.toThrow();
});

it("leaves room for devices when as much as may be asks for something new", () => {
  const calls = admission(4, 2, 0);
  calls.enter(true);
  const second = calls.enter(true);
  expect(() => calls.enter(true)).toThrow(OVERLOADED);
  calls.enter(false);
  second.leave();
  expect(() => calls.enter(true)).not.toThrow();
});

it("does not count a call while it waits, and lets only so many wait", async () => {
  const calls = admission(1, 1, 2);
  const ends: ((value: string) => void)[] = [];
  const wait = (place: Place) =>
    place.park(
      () =>
        new Promise<string>((resolve) => {
          ends.push(resolve);
        }),
    );
  const places = [1, 2].map(() => {
    const place = calls.enter(true);
    return { place, waited: wait(place) };
  });
  const third = calls.enter(false);
  expect(await wait(third)).toBeUndefined();
  expect(ends).toHaveLength(2);
  third.leave();
  for (const end of ends) end("news");
  for (const { place, waited } of places) {
    expect(await waited).toEqual({ value: "news" });
    place.leave();
  }
  expect(calls.wait()).toBe(0);
});

it("gives the place back when waiting fails", async () => {
  const calls = admission(1, 1, 1);
  const place = calls.enter(true);
  await expect(place.park(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(calls.wait()).toBeGreaterThan(0);
  place.leave();
  expect(calls.wait()).toBe(0);
});

it.each([
  ["Enquire", true],
  ["Connect", true],
  ["Profile", true],
  ["Respond", false],
  ["Pending", false],
  ["Status", false],
  ["Subscribe", false],
])("knows by its name whether %s asks for something new", (name, isNew) => {
  const message = Buffer.from(`{"${name}Request":{"more":"${"x".repeat(100)}"}}`);
  expect(isNewcomer(message)).toBe(isNew);
  expect(isNewcomer(message.toString("base64url"))).toBe(isNew);
  expect(isNewcomer(Buffer.from(` \n{ "${name}Request": {}}`))).toBe(isNew);
});

it("takes what it cannot read for something new", () => {
  for (const text of ["", "{", "\xff\xfe", "[]", '{"RespondRequests":{}}']) {
    expect(isNewcomer(Buffer.from(text, "latin1"))).toBe(true);
  }
});
