/** What every engine of the store must do. An engine's own test gives a factory and calls {@link storeSuite}. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AuditPlace, NewDevice, NewStoredRequest, PendingCaps, Store } from "../../src/broker/store/index.ts";
import { exportPair, newSigningPair } from "../../src/crypto/index.ts";
import { LIMITS } from "../../src/protocol/index.ts";

export interface StoreFactory {
  /** Opens a connection to the same, at first empty, store each time it is called. */
  readonly open: () => Promise<Store>;
  /** Makes a device that waits active, as the consent of another does. */
  readonly letIn: (account: string, kid: string) => Promise<void>;
  /** Throws the store away. */
  readonly discard: () => Promise<void>;
}

const NOW = 1_800_000_000_000;
const ALICE = "alice@example.com";
const jws = (payload: string) => ({ payload, signatures: [{ protected: "p", signature: "s" }] });

let counter = 0;
function newRequest(more: Partial<NewStoredRequest> = {}): NewStoredRequest {
  counter += 1;
  return {
    brokerId: `BROKER-${String(counter).padStart(5, "A")}`,
    account: ALICE,
    digest: `digest-${counter}`,
    signerKid: "SIGNER",
    postedBy: undefined,
    enquirerId: `enquirer-${counter}`,
    enquirerIdSigned: true,
    fromId: "bank@bank.example",
    draft: "01",
    request: jws(`request-${counter}`),
    received: NOW,
    expire: NOW + 60_000,
    ...more,
  };
}

function newDevice(kid: string, more: Partial<NewDevice> = {}): NewDevice {
  const signingKey = { kty: "EC", crv: "P-256", x: kid, y: kid };
  return {
    account: ALICE,
    kid,
    name: `the ${kid}`,
    signingKey,
    profile: jws(kid),
    changesKeys: false,
    now: NOW,
    ...more,
  };
}

const CAPS: PendingCaps = { perAccount: 4, perAccountUnverified: 3, perSender: 2, senderIsVerified: false };

export function storeSuite(engine: string, factory: () => Promise<StoreFactory>): void {
  describe(`the store on ${engine}`, () => {
    let made: StoreFactory;
    let store: Store;
    beforeEach(async () => {
      made = await factory();
      store = await made.open();
    });
    afterEach(async () => {
      await store.close();
      await made.discard();
    });

    async function codeId(account = ALICE): Promise<number> {
      await store.addCode({ account, code: "ABCDEFGHIJKLMNOP", now: NOW, expires: NOW + 600_000 });
      return (await store.codes(account, NOW)).at(-1)?.id ?? -1;
    }
    async function withDevice(kid = "DEVICE"): Promise<void> {
      await store.addAccount(ALICE, NOW);
      await store.connectDevice(newDevice(kid), { by: "code", codeId: await codeId() });
    }
    async function added(request = newRequest()): Promise<number> {
      const outcome = await store.addRequest(request, undefined);
      if (outcome.kind !== "added") throw new Error(outcome.kind);
      return outcome.sequence;
    }

    describe("service key", () => {
      it("keeps the first candidate, whoever asks again", async () => {
        const [one, two] = await Promise.all(
          [0, 1].map(async () => exportPair(await newSigningPair({ extractable: true }))),
        );
        if (one === undefined || two === undefined) throw new Error("no keys");
        const other = await made.open();
        expect(await store.serviceKey(one)).toEqual(one);
        expect(await other.serviceKey(two)).toEqual(one);
        await other.close();
      });

      it("keeps the keys that followed, in their order, and of two at once takes one", async () => {
        const jwk = await exportPair(await newSigningPair({ extractable: true }));
        const later = (name: string, since: number) => ({ jwk, handover: jws(name), since });
        const other = await made.open();
        const both = [store.addServiceKey(later("one", NOW), 0, NOW), other.addServiceKey(later("two", NOW), 0, NOW)];
        expect((await Promise.all(both)).sort()).toEqual([false, true]);
        expect(await other.addServiceKey(later("three", NOW + 1), 2, NOW)).toBe(false);
        expect(await other.addServiceKey(later("three", NOW + 1), 1, NOW)).toBe(true);
        const kept = await store.laterServiceKeys();
        expect(kept.map(({ since }) => since)).toEqual([NOW, NOW + 1]);
        expect(kept[1]).toEqual(later("three", NOW + 1));
        await other.close();
      });
    });

    describe("accounts and codes", () => {
      it("adds an account once and lists it", async () => {
        expect(await store.addAccount(ALICE, NOW)).toBe(true);
        expect(await store.addAccount(ALICE, NOW + 1)).toBe(false);
        expect(await store.accounts()).toEqual([{ account: ALICE, created: NOW }]);
        expect(await store.hasAccount("bob@example.com")).toBe(false);
      });

      it("gives no code to an account that does not exist", async () => {
        expect(await store.addCode({ account: ALICE, code: "X", now: NOW, expires: NOW + 1 })).toBe(false);
      });

      it("shows codes until their time has passed", async () => {
        await store.addAccount(ALICE, NOW);
        await store.addCode({ account: ALICE, code: "ABCDEFGHIJKLMNOP", now: NOW, expires: NOW + 1000 });
        expect(await store.codes(ALICE, NOW + 999)).toMatchObject([{ code: "ABCDEFGHIJKLMNOP", spentBy: undefined }]);
        expect(await store.codes(ALICE, NOW + 1000)).toEqual([]);
      });

      it("removes an account with its devices and codes, and tells what was pending", async () => {
        await withDevice();
        const pending = newRequest();
        await added(pending);
        expect(await store.removeAccount(ALICE, NOW)).toEqual([
          { brokerId: pending.brokerId, account: ALICE, state: "BCANCEL" },
        ]);
        expect(await store.removeAccount(ALICE, NOW)).toBeUndefined();
        expect((await store.request(pending.brokerId))?.state).toBe("BCANCEL");
        expect(await store.devices(ALICE)).toEqual([]);
        expect(await store.heldKey("DEVICE")).toBeUndefined();
        expect(await store.codes(ALICE, NOW)).toEqual([]);
      });
    });

    describe("devices", () => {
      it("makes the first device active and the next pending", async () => {
        await store.addAccount(ALICE, NOW);
        const first = await store.connectDevice(newDevice("ONE"), { by: "code", codeId: await codeId() });
        const second = await store.connectDevice(newDevice("TWO"), { by: "code", codeId: await codeId() });
        expect([first, second]).toEqual([
          { kind: "connected", state: "active" },
          { kind: "connected", state: "pending" },
        ]);
        expect((await store.devices(ALICE)).map(({ kid, state }) => [kid, state])).toEqual([
          ["ONE", "active"],
          ["TWO", "pending"],
        ]);
      });

      it("spends a code once, but answers the same device again in the same way", async () => {
        await store.addAccount(ALICE, NOW);
        const admission = { by: "code", codeId: await codeId() } as const;
        await store.connectDevice(newDevice("ONE"), admission);
        expect(await store.connectDevice(newDevice("ONE"), admission)).toEqual({ kind: "connected", state: "active" });
        expect(await store.connectDevice(newDevice("TWO"), admission)).toEqual({ kind: "code_spent" });
        expect((await store.devices(ALICE)).map(({ kid }) => kid)).toEqual(["ONE"]);
      });

      it("lets two devices race for one code and one wins", async () => {
        await store.addAccount(ALICE, NOW);
        const admission = { by: "code", codeId: await codeId() } as const;
        const outcomes = await Promise.all(["ONE", "TWO"].map((kid) => store.connectDevice(newDevice(kid), admission)));
        expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["code_spent", "connected"]);
        expect(await store.devices(ALICE)).toHaveLength(1);
      });

      it("takes no code after its time, nor one of another account", async () => {
        await store.addAccount(ALICE, NOW);
        await store.addAccount("bob@example.com", NOW);
        const codeOfAlice = await codeId();
        const bob = newDevice("ONE", { account: "bob@example.com" });
        expect(await store.connectDevice(bob, { by: "code", codeId: codeOfAlice })).toEqual({ kind: "code_spent" });
        const late = newDevice("ONE", { now: NOW + 600_000 });
        expect(await store.connectDevice(late, { by: "code", codeId: codeOfAlice })).toEqual({ kind: "code_spent" });
        expect(await store.devices(ALICE)).toEqual([]);
      });

      it("creates account and device together on an open service, once", async () => {
        expect(await store.connectDevice(newDevice("ONE"), { by: "open_service" })).toEqual({
          kind: "connected",
          state: "active",
        });
        expect(await store.hasAccount(ALICE)).toBe(true);
        expect(await store.connectDevice(newDevice("TWO"), { by: "open_service" })).toEqual({ kind: "account_exists" });
      });

      it("replaces the profile of a device that it knows", async () => {
        await withDevice();
        expect(await store.updateDevice(newDevice("DEVICE", { name: "new", profile: jws("new") }))).toBe(true);
        expect(await store.device(ALICE, "DEVICE")).toMatchObject({
          name: "new",
          profile: jws("new"),
          state: "active",
        });
        expect(await store.updateDevice(newDevice("OTHER"))).toBe(false);
      });

      it("keeps a profile with other keys apart while the account has another active device", async () => {
        await withDevice();
        const change = (name: string) => newDevice("DEVICE", { profile: jws(name), changesKeys: true });
        expect(await store.updateDevice(change("alone"))).toBe(true);
        expect(await store.device(ALICE, "DEVICE")).toMatchObject({ profile: jws("alone"), wanted: undefined });
        await withDevice("OTHER");
        await store.updateDevice(change("pending"));
        expect(await store.device(ALICE, "DEVICE")).toMatchObject({ profile: jws("pending"), wanted: undefined });
        await made.letIn(ALICE, "OTHER");
        await store.updateDevice(change("wanted"));
        expect(await store.device(ALICE, "DEVICE")).toMatchObject({
          profile: jws("pending"),
          wanted: jws("wanted"),
          state: "active",
        });
        await store.updateDevice(newDevice("DEVICE", { profile: jws("taken back") }));
        expect(await store.device(ALICE, "DEVICE")).toMatchObject({ profile: jws("taken back"), wanted: undefined });
      });

      it("holds the keys of devices and registered enquirers", async () => {
        await withDevice();
        const jwk = { kty: "EC", crv: "P-256", x: "x", y: "y" };
        expect(await store.addEnquirer({ kid: "BANK", jwk, name: "the bank", now: NOW })).toBe(true);
        expect(await store.addEnquirer({ kid: "BANK", jwk, name: "again", now: NOW })).toBe(false);
        expect(await store.heldKey("BANK")).toEqual(jwk);
        expect(await store.heldKey("DEVICE")).toMatchObject({ x: "DEVICE" });
        expect(await store.heldKey("NOBODY")).toBeUndefined();
        await store.rememberSender("SENDER", { kty: "RSA", n: "n", e: "AQAB", alg: "PS256" });
        await store.rememberSender("SENDER", { kty: "RSA", n: "n", e: "AQAB", alg: "RS256" });
        await store.rememberSender("BANK", { kty: "RSA", n: "n", e: "AQAB", alg: "RS256" });
        expect(await store.heldKey("SENDER")).toEqual({ kty: "RSA", n: "n", e: "AQAB", alg: "PS256" });
        expect(await store.heldKey("BANK")).toEqual(jwk);
        expect(await store.enquirers()).toEqual([{ kid: "BANK", name: "the bank", created: NOW }]);
        const standing = async (fromId: string | undefined, kid: string) =>
          (await store.sender("other@example.com", fromId, kid)).standing;
        expect(await standing(ALICE, "DEVICE")).toEqual({ fromIsAccount: true, local: true, registered: false });
        expect(await standing(undefined, "DEVICE")).toMatchObject({ fromIsAccount: false, local: true });
        expect(await standing(undefined, "NOBODY")).toMatchObject({ fromIsAccount: false, local: false });
        expect(await standing("x@y.z", "BANK")).toEqual({ fromIsAccount: false, local: false, registered: true });
        expect(await store.removeEnquirer("BANK", NOW)).toBe(true);
        expect(await store.removeEnquirer("BANK", NOW)).toBe(false);
      });
    });

    describe("endorsement and revocation", () => {
      const state = async (kid: string) => (await store.device(ALICE, kid))?.state;
      const asking = (accepted: boolean) => ({ account: ALICE, kid: "TWO", profile: jws("endorsed"), accepted });
      const answering = (sequence: number, accepted: boolean) => ({
        ...{ sequence, deviceKid: "ONE", digest: "answer", response: jws("yes"), now: NOW },
        endorses: asking(accepted),
      });
      beforeEach(async () => {
        await withDevice("ONE");
        await store.connectDevice(newDevice("TWO"), { by: "code", codeId: await codeId() });
      });

      it("lets a pending device in with the answer that endorses it, and keeps that", async () => {
        expect(await store.answer(answering(await added(), true))).toMatchObject({ kind: "settled" });
        expect(await store.device(ALICE, "TWO")).toMatchObject({
          ...{ state: "active", profile: jws("endorsed"), endorsement: jws("yes"), endorsedBy: "ONE" },
        });
      });

      it("turns it away with the answer that does not, for good", async () => {
        await store.answer(answering(await added(), false));
        expect(await store.device(ALICE, "TWO")).toMatchObject({ state: "revoked", revocation: undefined });
        const again = await store.connectDevice(newDevice("TWO"), { by: "code", codeId: await codeId() });
        expect(again).toEqual({ kind: "revoked" });
      });

      it("changes no device with an answer that comes too late, or by no device", async () => {
        const sequence = await added(newRequest({ expire: NOW }));
        await store.answer(answering(sequence, true));
        await store.answer({ ...answering(await added(), true), deviceKid: "TWO" });
        expect(await state("TWO")).toBe("pending");
      });

      it("revokes a device once, and with it what asks to endorse it", async () => {
        const request = newRequest();
        await added(request);
        await added();
        await store.noteAsked(ALICE, "TWO", request.brokerId);
        const removal = { account: ALICE, kid: "TWO", revocation: jws("revoked"), now: NOW };
        expect(await store.revokeDevice(removal)).toEqual([
          { brokerId: request.brokerId, account: ALICE, state: "BCANCEL" },
        ]);
        expect(await store.revokeDevice(removal)).toBeUndefined();
        expect(await store.device(ALICE, "TWO")).toMatchObject({ state: "revoked", revocation: jws("revoked") });
        expect(await store.heldKey("TWO")).toBeUndefined();
      });

      it("cancels what is pending with the last active device", async () => {
        const request = newRequest();
        await added(request);
        const removal = { account: ALICE, kid: "ONE", revocation: undefined, now: NOW };
        expect(await store.revokeDevice(removal)).toMatchObject([{ state: "BCANCEL" }]);
        expect((await store.request(request.brokerId))?.state).toBe("BCANCEL");
      });

      it("recovers an account: every device out, every code but the new one, what is pending cancelled", async () => {
        await added();
        const recovery = { account: ALICE, code: "NEWNEWNEWNEWNEWN", now: NOW, expires: NOW + 600_000 };
        const revocations = ["ONE", "TWO"].map((kid) => ({ kid, jws: jws(`gone ${kid}`) }));
        expect(await store.recoverAccount({ ...recovery, revocations: revocations.slice(1) })).toEqual({
          kind: "changed",
        });
        expect([await state("ONE"), await state("TWO")]).toEqual(["active", "pending"]);
        expect(await store.recoverAccount({ ...recovery, revocations })).toMatchObject({
          kind: "recovered",
          settled: [{ state: "BCANCEL" }],
        });
        expect((await store.devices(ALICE)).map((one) => [one.state, one.revocation])).toEqual([
          ["revoked", jws("gone ONE")],
          ["revoked", jws("gone TWO")],
        ]);
        const codes = await store.codes(ALICE, NOW);
        expect(codes.map(({ code }) => code)).toEqual(["NEWNEWNEWNEWNEWN"]);
        const admission = { by: "code", codeId: codes[0]?.id ?? -1 } as const;
        expect(await store.connectDevice(newDevice("THREE"), admission)).toMatchObject({ state: "active" });
        expect(await store.recoverAccount({ ...recovery, account: "x@example.com", revocations: [] })).toEqual({
          kind: "unknown_account",
        });
      });

      it("keeps an account's policy: what is given replaces, what is left out stays, and it goes with the account", async () => {
        expect(await store.accountPolicy(ALICE)).toEqual({ block: [], allow: [], allowOnly: false });
        await store.changePolicy(ALICE, { block: ["eve@example.net"], allowOnly: true }, "DEVICE", NOW);
        await store.changePolicy(ALICE, { allow: ["example.org"] }, "DEVICE", NOW);
        const other = await made.open();
        expect((await other.sender(ALICE, undefined, "BANK")).policy).toEqual(await other.accountPolicy(ALICE));
        expect(await other.accountPolicy(ALICE)).toEqual({
          ...{ block: ["eve@example.net"], allow: ["example.org"], allowOnly: true },
        });
        await other.close();
        await store.removeAccount(ALICE, NOW);
        await store.addAccount(ALICE, NOW);
        expect(await store.accountPolicy(ALICE)).toEqual({ block: [], allow: [], allowOnly: false });
      });

      it("counts a rejection with the answer that says it, once, and makes a cool-down of several", async () => {
        const rule = { rejections: 2, withinMs: 1000, firstMs: 5000, longestMs: 60_000 };
        const reject = async (now: number) => {
          const sequence = await added();
          const more = { deviceKid: "ONE", digest: `no-${sequence}`, response: jws("no"), now };
          const answer = { sequence, ...more, rejects: { account: ALICE, kid: "BANK", rule } };
          expect(await store.answer(answer)).toMatchObject({ kind: "settled" });
          expect(await store.answer(answer)).toEqual({ kind: "same" });
        };
        const strikes = async (at = store) => (await at.sender(ALICE, undefined, "BANK")).strikes;
        expect(await strikes()).toBeUndefined();
        await reject(NOW);
        expect(await strikes()).toEqual({ rejected: [NOW], rounds: 0, until: 0 });
        await reject(NOW + 1);
        const other = await made.open();
        expect(await strikes(other)).toEqual({ rejected: [], rounds: 1, until: NOW + 5001 });
        expect(await other.coolDowns(ALICE, NOW + 1, 10)).toEqual([{ kid: "BANK", until: NOW + 5001 }]);
        expect(await other.coolDowns(ALICE, NOW + 5001, 10)).toEqual([]);
        expect(await other.coolDowns("bob@example.com", NOW, 10)).toEqual([]);
        await other.changePolicy(ALICE, { lift: ["BANK", "NOBODY"] }, "DEVICE", NOW);
        await other.close();
        expect(await strikes()).toBeUndefined();
      });

      it("notes when a device was seen, at first when it connects", async () => {
        expect((await store.device(ALICE, "ONE"))?.lastSeen).toBe(NOW);
        await store.noteSeen(ALICE, "ONE", NOW + 1);
        expect((await store.device(ALICE, "ONE"))?.lastSeen).toBe(NOW + 1);
      });

      it("takes no more devices than an account may have, revoked ones included", async () => {
        for (let count = 2; count < LIMITS.devices; count++) {
          await store.connectDevice(newDevice(`D${count}`), { by: "code", codeId: await codeId() });
        }
        await store.revokeDevice({ account: ALICE, kid: "D5", revocation: undefined, now: NOW });
        const one = await store.connectDevice(newDevice("MORE"), { by: "code", codeId: await codeId() });
        expect(one).toEqual({ kind: "too_many" });
      });

      it("lists an account's requests by how they stand", async () => {
        const [pending, answered, over] = [newRequest(), newRequest(), newRequest()];
        for (const request of [pending, answered, over]) await added(request);
        const sequenceOf = async (brokerId: string) => (await store.request(brokerId))?.sequence ?? -1;
        await store.answer({
          ...{ sequence: await sequenceOf(answered.brokerId), deviceKid: "ONE", digest: "d" },
          ...{ response: jws("r"), now: NOW },
        });
        await store.cancel(await sequenceOf(over.brokerId), NOW);
        expect(await store.requestsOf(ALICE)).toEqual({
          pending: [pending.brokerId],
          answered: [answered.brokerId],
          archived: [over.brokerId],
        });
      });
    });

    describe("requests", () => {
      beforeEach(() => withDevice());

      it("numbers requests in order and lists the pending ones oldest first", async () => {
        const [one, two, three] = [await added(), await added(), await added()];
        expect(one < two && two < three).toBe(true);
        const list = async (more: object) =>
          (await store.pending({ account: ALICE, now: NOW, limit: 10, ...more })).map(({ sequence }) => sequence);
        expect(await list({})).toEqual([one, two, three]);
        expect(await list({ after: one })).toEqual([two, three]);
        expect(await list({ before: three })).toEqual([one, two]);
        expect(await list({ limit: 1 })).toEqual([one]);
        expect(await list({ now: NOW + 60_000 })).toEqual([]);
        expect(await list({ account: "bob@example.com" })).toEqual([]);
      });

      it("gives back what was stored", async () => {
        const request = newRequest({ postedBy: "POSTER", draft: "00" });
        const sequence = await added(request);
        const { brokerId, account, digest, signerKid, draft, postedBy, enquirerId, expire } = request;
        const kept = { sequence, brokerId, account, postedBy, enquirerId, expire };
        const known = { ...kept, digest, signerKid, draft, encrypted: false };
        expect(await store.request(brokerId)).toEqual({ ...known, state: "PENDING", response: undefined });
        expect(await store.knownOf(brokerId)).toEqual(known);
        expect(await store.knownOf("NONE")).toBeUndefined();
        const [listed] = await store.pending({ account, now: NOW, brokerId, limit: 1 });
        expect(listed).toEqual({ ...kept, request: request.request });
        expect(await store.request("NONE")).toBeUndefined();
      });

      it("finds a request by its digest, at its own account only", async () => {
        const request = newRequest();
        await added(request);
        expect(await store.requestByDigest(ALICE, request.digest)).toEqual(await store.request(request.brokerId));
        expect(await store.requestByDigest("bob@example.com", request.digest)).toBeUndefined();
        expect(await store.requestByDigest(ALICE, "other")).toBeUndefined();
      });

      it("knows the same request again, by its digest", async () => {
        const request = newRequest();
        await added(request);
        const again = { ...request, brokerId: "OTHER" };
        const repeated = { kind: "repeated", brokerId: request.brokerId };
        expect(await store.addRequest(again, undefined)).toEqual(repeated);
        expect(await store.addRequest(again, { ...CAPS, perAccount: 0 })).toEqual(repeated);
        expect(await store.knownRequest(ALICE, request.digest, request.signerKid)).toEqual(repeated);
        expect(await store.knownRequest(ALICE, "other", request.signerKid)).toBeUndefined();
      });

      it("keeps of an encrypted request that it is one, and tells nobody but who posted it of it", async () => {
        const request = newRequest({ fromId: undefined });
        await added(request);
        expect(await store.request(request.brokerId)).toMatchObject({ encrypted: true });
        const again = { ...request, brokerId: "OTHER", signerKid: "ANOTHER" };
        expect(await store.addRequest(again, undefined)).toEqual({ kind: "of_another" });
        expect(await store.addRequest(again, { ...CAPS, perAccount: 0 })).toEqual({ kind: "of_another" });
        expect(await store.knownRequest(ALICE, request.digest, "ANOTHER")).toEqual({ kind: "of_another" });
      });

      it("tells the BrokerID of a request that is over only where its EnquirerID is signed", async () => {
        const signed = newRequest();
        const unsigned = newRequest({ enquirerId: undefined, enquirerIdSigned: false });
        for (const request of [signed, unsigned]) await store.cancel(await added(request), NOW);
        expect(await store.addRequest(signed, undefined)).toEqual({ kind: "repeated", brokerId: signed.brokerId });
        expect(await store.addRequest(unsigned, undefined)).toEqual({ kind: "spent" });
      });

      it("refuses another request with the EnquirerID of the first, from the same key only", async () => {
        await added(newRequest({ enquirerId: "same" }));
        expect(await store.addRequest(newRequest({ enquirerId: "same" }), undefined)).toEqual({
          kind: "enquirer_id_used",
        });
        await added(newRequest({ enquirerId: "same", signerKid: "ANOTHER" }));
        await added(newRequest({ enquirerId: undefined }));
        await added(newRequest({ enquirerId: undefined }));
      });

      it("takes no request for an account that does not exist", async () => {
        const outcome = await store.addRequest(newRequest({ account: "bob@example.com" }), undefined);
        expect(outcome).toEqual({ kind: "unknown_account" });
      });

      it("counts what is pending before it takes more", async () => {
        const add = (signerKid: string, more: Partial<PendingCaps> = {}, expire = NOW + 60_000) =>
          store.addRequest(newRequest({ signerKid, expire }), { ...CAPS, ...more });
        await add("A", {}, NOW + 1000);
        await add("A");
        expect(await add("A")).toEqual({ kind: "full", cap: "sender", until: NOW + 1000 });
        await add("B");
        expect(await add("C")).toEqual({ kind: "full", cap: "unverified", until: NOW + 1000 });
        expect(await add("D", { senderIsVerified: true })).toMatchObject({ kind: "added" });
        expect(await add("E", { senderIsVerified: true })).toEqual({ kind: "full", cap: "account", until: NOW + 1000 });
      });

      it("does not count what is over or past its time", async () => {
        await store.addRequest(newRequest({ expire: NOW - 1 }), CAPS);
        const outcome = await store.addRequest(newRequest(), CAPS);
        if (outcome.kind !== "added") throw new Error(outcome.kind);
        await store.cancel(outcome.sequence, NOW);
        expect(await store.addRequest(newRequest(), { ...CAPS, perAccount: 1 })).toMatchObject({ kind: "added" });
      });

      it("keeps concurrent requests under the cap", async () => {
        const outcomes = await Promise.all(
          Array.from({ length: 20 }, (_, index) => store.addRequest(newRequest({ signerKid: `K${index}` }), CAPS)),
        );
        expect(outcomes.filter(({ kind }) => kind === "added")).toHaveLength(CAPS.perAccountUnverified);
      });
    });

    describe("the end of a request", () => {
      let brokerId: string;
      let sequence: number;
      beforeEach(async () => {
        await withDevice();
        const request = newRequest();
        brokerId = request.brokerId;
        sequence = await added(request);
      });
      const answer = (more: object = {}) =>
        store.answer({ sequence, deviceKid: "DEVICE", digest: "d", response: jws("yes"), now: NOW, ...more });
      const state = async () => (await store.request(brokerId))?.state;

      it("stores an answer, and gives it back", async () => {
        const told = await answer();
        const kept = await store.request(brokerId);
        expect(kept).toMatchObject({ state: "REPLY", response: jws("yes") });
        expect(told).toEqual({ kind: "settled", answered: kept?.answered });
        expect(await store.pending({ account: ALICE, now: NOW, limit: 9 })).toEqual([]);
      });

      it("expires what is due each time that it looks, however late the one before was", async () => {
        const later = newRequest({ expire: NOW + 70_000 });
        await added(later);
        const due = async (now: number) => (await store.expireDue(now, 10)).map((one) => one.brokerId);
        expect(await due(NOW + 60_000)).toEqual([brokerId]);
        expect(await due(NOW + 70_000)).toEqual([later.brokerId]);
      });

      it("has an answer signed where it stands in the log, and keeps that", async () => {
        const told = await answer({
          stamp: ({ writer, sequence, hash }: AuditPlace) => ({
            kid: "SERVICE",
            signature: `${writer} ${sequence} ${hash}`,
          }),
        });
        const kept = (await store.request(brokerId))?.answered;
        expect(told).toEqual({ kind: "settled", answered: kept });
        const { writer, sequence: place, hash } = kept?.place ?? {};
        expect(kept?.stamp).toEqual({ kid: "SERVICE", signature: `${writer} ${place} ${hash}` });
      });

      it("tells the same answer from a different one", async () => {
        await answer();
        expect(await answer()).toEqual({ kind: "same" });
        expect(await answer({ digest: "other", response: jws("no") })).toEqual({ kind: "different" });
        expect(await store.refuse({ sequence, deviceKid: "DEVICE", now: NOW })).toEqual({ kind: "different" });
        expect(await store.request(brokerId)).toMatchObject({ response: jws("yes") });
      });

      it("takes a refusal once, and no answer after it", async () => {
        const refuse = () => store.refuse({ sequence, deviceKid: "DEVICE", now: NOW });
        expect(await refuse()).toEqual({ kind: "settled" });
        expect(await refuse()).toEqual({ kind: "same" });
        expect(await answer()).toEqual({ kind: "different" });
        expect(await state()).toBe("REFUSED");
      });

      it("takes nothing from a key that is no active device", async () => {
        await store.connectDevice(newDevice("SECOND"), { by: "code", codeId: await codeId() });
        for (const deviceKid of ["NOBODY", "SECOND"]) {
          expect(await answer({ deviceKid })).toEqual({ kind: "stranger" });
          expect(await store.refuse({ sequence, deviceKid, now: NOW })).toEqual({ kind: "stranger" });
        }
        expect(await state()).toBe("PENDING");
      });

      it("takes no answer after the request's time, and says so once", async () => {
        const now = NOW + 60_000;
        expect(await answer({ now })).toEqual({ kind: "over", state: "EXPIRED", now: true });
        expect(await answer({ now })).toEqual({ kind: "over", state: "EXPIRED", now: false });
        expect(await state()).toBe("EXPIRED");
      });

      it("cancels once; an answer that came first stays", async () => {
        expect(await store.cancel(sequence, NOW)).toBe(true);
        expect(await store.cancel(sequence, NOW)).toBe(false);
        expect(await answer()).toEqual({ kind: "over", state: "ECANCEL", now: false });
        const second = newRequest();
        const at = await added(second);
        await answer({ sequence: at });
        expect(await store.cancel(at, NOW)).toBe(false);
        expect((await store.request(second.brokerId))?.state).toBe("REPLY");
      });

      it("lets expiry win over a cancellation that comes too late", async () => {
        expect(await store.cancel(sequence, NOW + 60_000)).toBe(true);
        expect(await state()).toBe("EXPIRED");
      });

      it("expires one request, once, and not before its time", async () => {
        expect(await store.expire(sequence, NOW + 59_999)).toBe(false);
        expect(await store.expire(sequence, NOW + 60_000)).toBe(true);
        expect(await store.expire(sequence, NOW + 60_000)).toBe(false);
        expect(await state()).toBe("EXPIRED");
      });

      it("expires what is due, and only that, and says what", async () => {
        const later = newRequest({ expire: NOW + 120_000 });
        await added(later);
        expect(await store.expireDue(NOW + 59_999, 10)).toEqual([]);
        expect(await store.expireDue(NOW + 60_000, 10)).toEqual([{ brokerId, account: ALICE, state: "EXPIRED" }]);
        expect(await store.expireDue(NOW + 60_000, 10)).toEqual([]);
        expect(await state()).toBe("EXPIRED");
      });

      it("lets exactly one of an answer, a refusal, a cancellation and an expiry happen", async () => {
        const outcomes = await Promise.all([
          answer().then(({ kind }) => kind === "settled"),
          answer({ digest: "other" }).then(({ kind }) => kind === "settled"),
          store.refuse({ sequence, deviceKid: "DEVICE", now: NOW }).then(({ kind }) => kind === "settled"),
          store.cancel(sequence, NOW),
          store.expireDue(NOW + 60_000, 1).then((settled) => settled.length === 1),
        ]);
        expect(outcomes.filter((happened) => happened)).toHaveLength(1);
      });
    });

    describe("calls", () => {
      it("claims a jti once for each key", async () => {
        const call = { kid: "K", jti: "one", until: NOW + 1000 };
        const claims = await Promise.all([call, call, { ...call, kid: "L" }].map((one) => store.claimCall(one)));
        expect(claims).toEqual([true, false, true]);
      });

      it("forgets a call only when it is stale, and then takes none of that time, so that none is taken twice", async () => {
        const call = { kid: "K", jti: "one", until: NOW + 1000 };
        await store.claimCall(call);
        await store.forget(NOW + 1000);
        expect(await store.claimCall(call)).toBe(false);
        expect(await store.claimCall({ ...call, jti: "two" })).toBe(true);
        await store.forget(NOW + 1001);
        await store.forget(NOW + 1002);
        expect(await store.claimCall(call)).toBe(false);
        expect(await store.claimCall({ ...call, jti: "three" })).toBe(false);
        expect(await store.claimCall({ ...call, jti: "three", until: NOW + 1001 })).toBe(true);
      });

      it("shares claims between processes", async () => {
        const other = await made.open();
        await store.claimCall({ kid: "K", jti: "one", until: NOW });
        expect(await other.claimCall({ kid: "K", jti: "one", until: NOW })).toBe(false);
        await other.close();
      });
    });

    describe("with another process", () => {
      it("sees what the other wrote, and is told that it wrote", async () => {
        const other = await made.open();
        const told = new Promise<void>((resolve) => {
          store.watch(() => {
            resolve();
          });
        });
        await other.addAccount("bob@example.com", NOW);
        expect(await store.hasAccount("bob@example.com")).toBe(true);
        await told;
        await other.close();
      });

      it("keeps everything over a restart", async () => {
        await withDevice();
        const request = newRequest();
        await added(request);
        await store.close();
        store = await made.open();
        expect((await store.request(request.brokerId))?.state).toBe("PENDING");
        expect(await store.devices(ALICE)).toHaveLength(1);
      });

      it("refuses to write after it was closed", async () => {
        await store.close();
        await expect(store.addAccount(ALICE, NOW)).rejects.toMatchObject({ code: "closed" });
      });
    });
  });
}
