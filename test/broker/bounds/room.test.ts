/** The memory that others may make a broker hold. */
import { setImmediate as nextTurn, setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { Room } from "../../../src/broker/bounds/room.ts";

let full = 0;

function newRoom(bytes: number, longestMs = Infinity) {
  full = 0;
  const room = new Room({ bytes, longestMs, onFull: () => (full += 1) });
  const cut: string[] = [];
  return { room, cut, take: (name: string, size: number) => room.take(size, () => cut.push(name)) };
}

it("is given to whoever comes, and who has held a part longest loses it when it is used up", async () => {
  const { take, cut } = newRoom(100);
  take("first", 40);
  const second = take("second", 40);
  const third = take("third", 20);
  third.add(30);
  await nextTurn();
  expect([cut, full]).toEqual([["first"], 1]);
  second.leave();
  second.leave();
  third.add(50);
  await nextTurn();
  expect([cut, full]).toEqual([["first"], 1]);
});

it("is not held by who asks for more than there is, nor by who was cut off", async () => {
  const { take, cut } = newRoom(100);
  const giant = take("giant", 101);
  giant.add(1000);
  giant.leave();
  take("small", 100);
  await nextTurn();
  expect(cut).toEqual(["giant"]);
});

it("is held for a time only", async () => {
  const { room, take, cut } = newRoom(100, 50);
  take("old", 10);
  await delay(60);
  take("new", 10);
  room.look();
  await nextTurn();
  expect([cut, full]).toEqual([["old"], 0]);
});
