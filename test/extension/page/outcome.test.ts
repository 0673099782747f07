/** What became of a request, in words. */
import { describe, expect, it } from "vitest";
import { outcomeOf } from "../../../src/extension/page/outcome.ts";
import type { ResultView } from "../../../src/responder/index.ts";

const BASE = {
  endorses: false,
  account: "alice@localhost",
  broker: "http://127.0.0.1:8787/.well-known/confirm",
  id: "B",
  digest: "D",
  heading: "Pay 1,200.00 EUR",
  fromId: "payments@ethel.example",
  kid: "MDDK7-N6A72-7AJZN-OSTRX-XKS7D-JAFXI",
};

const YES = {
  ...BASE,
  kind: "answered",
  value: true,
  reason: undefined,
  label: "Pay",
  code: false,
  at: 1000,
  delivery: undefined,
  deliveredAt: undefined,
  attempts: 0,
} as const satisfies ResultView;

describe("the words for a result", () => {
  it("say what was accepted, and that it is on its way until the broker has it", () => {
    expect(outcomeOf(YES)).toMatchObject({ title: "youAcceptedLabel", label: "Pay", line: "deliveryUnderWay" });
  });

  it("say that the broker cannot be reached only after a try", () => {
    expect(outcomeOf({ ...YES, attempts: 1 }).line).toBe("deliveryUnreachable");
  });

  it("say of a device that it was let in or turned away", () => {
    expect(outcomeOf({ ...YES, endorses: true, label: undefined }).title).toBe("youLetIn");
    expect(outcomeOf({ ...YES, endorses: true, label: undefined, value: false }).title).toBe("youTurnedAway");
  });

  it("name the time of delivery, not of the answer", () => {
    const delivered = outcomeOf({ ...YES, delivery: "accepted", deliveredAt: 2000, attempts: 1 });
    expect(delivered).toMatchObject({ line: "delivered", at: 2000, icon: "accepted" });
  });

  it("never look like success where the answer does not count", () => {
    for (const delivery of ["conflict", "late", "unknown_request", "not_allowed"] as const) {
      expect(outcomeOf({ ...YES, delivery, attempts: 1 }).icon).toBe("problem");
    }
  });

  it("say of a typed code that only the sender can tell whether it is right, unless the answer does not count", () => {
    const typed = { ...YES, label: undefined, code: true };
    expect(outcomeOf(typed)).toMatchObject({ title: "youAccepted", note: "codeNote" });
    expect(outcomeOf(YES).note).toBeUndefined();
    expect(outcomeOf({ ...typed, delivery: "late" }).note).toBeUndefined();
  });

  it("repeat no option for a no", () => {
    expect(outcomeOf({ ...YES, value: false })).toMatchObject({ title: "youRejected", label: undefined });
  });

  it("tell an expired request from one that was answered elsewhere or withdrawn", () => {
    const titles = [
      outcomeOf({ ...BASE, kind: "expired" }),
      outcomeOf({ ...BASE, kind: "withdrawn", status: "REPLY" }),
      outcomeOf({ ...BASE, kind: "withdrawn", status: "ECANCEL" }),
      outcomeOf({ ...BASE, kind: "withdrawn", status: undefined }),
    ].map(({ title }) => title);
    expect(titles).toEqual(["expired", "withdrawnReply", "withdrawnEcancel", "withdrawn"]);
  });
});
