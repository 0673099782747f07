/** The engine that several processes share: the suite of every engine on a real server, and what only a server can show. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { openAuditSnapshot, verifyAudit } from "../../../src/broker/index.ts";
import { type NewStoredRequest, openStore, type Store, type Taken } from "../../../src/broker/store/index.ts";
import { Connections, MOST_CONNECTIONS, MOST_WAITING } from "../../../src/broker/store/postgres/connections.ts";
import { LOCKS } from "../../../src/broker/store/postgres/locks.ts";
import { FIRST } from "../../../src/broker/store/postgres/migrate.ts";
import { MIGRATIONS } from "../../../src/broker/store/postgres/schema.ts";
import { placeAt } from "../../../src/broker/store/postgres/place.ts";
import { type Issued, newAuthority } from "../../support/certificates.ts";
import { NO_POSTGRES, Postgres } from "../../support/postgres.ts";
import { freePort } from "../../support/system.ts";
import { type AuditedStore, auditSuite } from "../audit-suite.ts";
import { storeRaces } from "../store-races.ts";
import { type StoreFactory, storeSuite } from "../store-suite.ts";

describe.skipIf(NO_POSTGRES !== "")(`PostgreSQL${NO_POSTGRES}`, () => {
  let server: Postgres;
  let url: string;
  beforeAll(async () => {
    server = await Postgres.start();
    url = await server.database();
  });
  afterAll(() => server.stop());

  function newStore(): Promise<StoreFactory> {
    const letIn = async (account: string, kid: string): Promise<void> => {
      const update = "UPDATE mesh_confirm.devices SET state = 'active' WHERE account = $1 AND kid = $2";
      await server.sql(url, update, [account, kid]);
    };
    return Promise.resolve({ open: () => openStore(url), letIn, discard: () => server.empty(url) });
  }

  storeSuite("PostgreSQL", newStore);
  async function auditedDatabase(): Promise<AuditedStore> {
    const place = await server.database();
    const sql = (text: string) => server.sql(place, text.replaceAll("%", "mesh_confirm."));
    return { place, sql, overriding: "OVERRIDING SYSTEM VALUE", discard: () => server.drop(place) };
  }
  auditSuite("PostgreSQL", auditedDatabase, async () => {
    const made = await auditedDatabase();
    const log = MIGRATIONS.findIndex((step) => step.includes("CREATE TABLE audit "));
    const steps = MIGRATIONS.slice(0, log).map(
      (step, index) => `${step}; INSERT INTO migrations VALUES (${index + 1})`,
    );
    await server.sql(made.place, ["SET search_path = mesh_confirm", FIRST, ...steps].join(";\n"));
    return made;
  });

  it("keeps a chain for each session, whole, with many writers and connections that are cut", async () => {
    const place = await server.database();
    const stores = await Promise.all([1, 2, 3].map(() => openStore(place)));
    await stores[0]?.addAccount(ALICE, NOW);
    const add = (index: number) =>
      stores[index % 3]?.addRequest(request(index), undefined).catch(() => undefined) ?? Promise.resolve();
    for (let round = 0; round < 4; round += 1) {
      const adding = Array.from({ length: 60 }, (_, index) => add(round * 60 + index));
      await Promise.all([...adding, round % 2 === 1 ? server.cut(place) : 0]);
    }
    await Promise.all(stores.map((store) => store.close()));
    const snapshot = await openAuditSnapshot(place);
    const report = await verifyAudit(snapshot);
    // Texts in these tests do not have the digests that they are stored under.
    expect(report.problems.filter(({ code }) => code !== "body")).toEqual([]);
    expect(report.chains).toBeGreaterThan(3);
    const [count] = await server.sql(place, "SELECT count(*) AS n FROM mesh_confirm.requests");
    const again = await openStore(place);
    await again.addAccount("bob@example.com", NOW);
    expect(await again.auditChains()).toHaveLength(report.chains);
    const heads = await again.auditHeads();
    expect(report.records - heads.length - 1).toBe(Number(count?.["n"]));
    await again.close();
    await snapshot.close();
    await server.drop(place);
  }, 120_000);
  describe("the store on PostgreSQL", () => {
    storeRaces(newStore);
  });

  describe("its tables", () => {
    beforeEach(() => server.drop(url));
    afterEach(() => server.drop(url));
    const migrations = () => server.sql(url, "SELECT version FROM mesh_confirm.migrations ORDER BY version");

    it("are made once by processes that start together, and found by the next", async () => {
      const stores = await Promise.all([1, 2, 3, 4].map(() => openStore(url)));
      const made = await migrations();
      expect(new Set(made.map(({ version }) => version)).size).toBe(made.length);
      await Promise.all(stores.map((store) => store.close()));
      await (await openStore(url)).close();
      expect(await migrations()).toEqual(made);
    });

    it("are refused when a newer version made them, and it says so", async () => {
      await (await openStore(url)).close();
      await server.sql(url, "INSERT INTO mesh_confirm.migrations VALUES (999)");
      await expect(openStore(url)).rejects.toMatchObject({
        code: "newer_schema",
        message: expect.stringContaining("schema 999") as string,
      });
    });

    it("are refused when they are another program's", async () => {
      await server.sql(url, "CREATE SCHEMA mesh_confirm; CREATE TABLE mesh_confirm.migrations (version BIGINT)");
      await expect(openStore(url)).rejects.toMatchObject({ code: "not_a_store" });
    });

    it("are made in a schema that is there and empty, and touch no other", async () => {
      await server.sql(url, "CREATE SCHEMA mesh_confirm; CREATE TABLE IF NOT EXISTS public.accounts (theirs TEXT)");
      const store = await openStore(url);
      expect(await store.addAccount("alice@example.com", 1)).toBe(true);
      await store.close();
      expect(await server.sql(url, "SELECT * FROM public.accounts")).toEqual([]);
    });
  });

  it("acknowledges what is on disk, also where the server was told to acknowledge sooner", async () => {
    await server.sql(url, "ALTER ROLE confirm SET synchronous_commit = off");
    const connections = new Connections(placeAt(url));
    const { rows } = await connections.use((ask) => ask("SHOW synchronous_commit"));
    await connections.close();
    await server.sql(url, "ALTER ROLE confirm RESET synchronous_commit");
    expect(rows).toEqual([{ synchronous_commit: "on" }]);
  });

  describe("writes that come together", () => {
    const users = Array.from({ length: 20 }, (_, index) => `user${index}@example.com`);
    async function withUsers(work: (store: Store) => Promise<void>): Promise<void> {
      const store = await openStore(url);
      for (const account of users) await store.addAccount(account, NOW);
      await work(store);
      await store.close();
      await server.empty(url);
    }
    const caps = { perAccount: 2, perAccountUnverified: 2, perSender: 2, senderIsVerified: false };

    it("share a commit, and those of one account come one after the other under its caps", () =>
      withUsers(async (store) => {
        const posts = users.map((account, index) => ({ ...request(index), account }));
        const outcomes = await Promise.all(posts.map((post) => store.addRequest(post, caps)));
        expect(outcomes.map(({ kind }) => kind)).toEqual(users.map(() => "added"));
        const [commits] = await server.sql(url, "SELECT count(DISTINCT xmin::text) AS n FROM mesh_confirm.requests");
        expect(Number(commits?.["n"])).toBeLessThan(users.length / 2);
        const more = [101, 102, 103].map((index) => ({ ...request(index), account: "user0@example.com" }));
        const kinds = (await Promise.all(more.map((post) => store.addRequest(post, caps)))).map(({ kind }) => kind);
        expect(kinds.sort()).toEqual(["added", "full", "full"]);
      }));

    it("are not spoiled by one that fails", () =>
      withUsers(async (store) => {
        const posts = users.map((account, index) => ({ ...request(index), account }));
        // No text of PostgreSQL holds this sign.
        const bad = { ...request(99), account: ALICE, signerKid: "\u0000" };
        const ends = await Promise.allSettled([bad, ...posts].map((post) => store.addRequest(post, undefined)));
        expect(ends.map(({ status }) => status)).toEqual(["rejected", ...users.map(() => "fulfilled")]);
        const ids = posts.map(({ brokerId }) => store.request(brokerId));
        const reads = await Promise.allSettled([store.request("\u0000"), ...ids]);
        expect(reads.map(({ status }) => status)).toEqual(["rejected", ...users.map(() => "fulfilled")]);
      }));

    it("let a call in once, and a request, of those that are the same", () =>
      withUsers(async (store) => {
        const calls = Array.from({ length: 30 }, (_, index) => ({ kid: "K", jti: `J${index % 10}`, until: NOW }));
        const claims = await Promise.all(calls.map((call) => store.claimCall(call)));
        expect(claims.filter((isNew) => isNew)).toHaveLength(10);
        const same = Array.from({ length: 5 }, () => ({ ...request(1), account: "user1@example.com" }));
        const posts = [...same, ...users.map((account, index) => ({ ...request(10 + index), account }))];
        const outcomes = await Promise.all(posts.map((post) => store.addRequest(post, undefined)));
        const kinds = outcomes.slice(0, same.length).map(({ kind }) => kind);
        expect(kinds.sort()).toEqual(["added", "repeated", "repeated", "repeated", "repeated"]);
        const found = await Promise.all(posts.map(({ brokerId }) => store.request(brokerId)));
        expect(found.map((one) => one?.account)).toEqual(posts.map(({ account }) => account));
      }));

    it("are kept but for the one that an operator cancels, of which nothing is", () =>
      withUsers(async (store) => {
        await store.addAccount(ALICE, NOW);
        const lock = `pg_advisory_lock(${LOCKS}, hashtext('${ALICE}'))`;
        await server.sql(url, `SELECT ${lock}`);
        const posts = users.map((account, index) => store.addRequest({ ...request(index), account }, undefined));
        let isOver = false;
        const held = expect(store.addRequest(request(99), undefined)).rejects.toMatchObject({ code: "busy" });
        void held.finally(() => (isOver = true));
        const cancel = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
        // With the others first, and then alone.
        await vi.waitFor(async () => {
          await server.sql(url, cancel);
          expect(isOver).toBe(true);
        }, 20_000);
        await held;
        await server.sql(url, `SELECT ${lock.replace("lock", "unlock")}`);
        expect((await Promise.all(posts)).map(({ kind }) => kind)).toEqual(users.map(() => "added"));
        expect(await store.request("BROKER-99")).toBeUndefined();
        expect(await store.addRequest(request(99), undefined)).toMatchObject({ kind: "added" });
        const snapshot = await openAuditSnapshot(url);
        const { problems } = await verifyAudit(snapshot);
        await snapshot.close();
        expect(problems.filter(({ code }) => code !== "body")).toEqual([]);
      }));

    it("are refused outside a transaction, so that nothing is kept behind a BEGIN that failed", async () => {
      const connections = new Connections(placeAt(url));
      const insert = connections.use((ask) => ask("INSERT INTO mesh_confirm.accounts VALUES ('x@example.com', 1)"));
      await expect(insert).rejects.toMatchObject({
        message: expect.stringContaining("read-only transaction") as string,
      });
      await connections.close();
    });
  });

  it("numbers an account's requests in the order in which they can be read", { timeout: 120_000 }, async () => {
    const [one, other] = [await openStore(url), await openStore(url)];
    await one.addAccount(ALICE, NOW);
    const MANY = 150;
    const adding = Promise.all(
      Array.from({ length: MANY }, (_, index) => (index % 2 === 0 ? one : other).addRequest(request(index), undefined)),
    );
    const seen: number[] = [];
    while (seen.length < MANY) {
      const page = await one.pending({ account: ALICE, now: NOW, after: seen.at(-1) ?? 0, limit: 10 });
      seen.push(...page.map(({ sequence }) => sequence));
    }
    const added = (await adding).flatMap((outcome) => (outcome.kind === "added" ? [outcome.sequence] : []));
    expect(seen).toEqual(added.sort((a, b) => a - b));
    await one.close();
    await other.close();
    await server.empty(url);
  });

  it("tells another process which account changed, and nothing of itself", async () => {
    const [one, other] = [await openStore(url), await openStore(url)];
    const heard: (string | undefined)[] = [];
    const own: (string | undefined)[] = [];
    other.watch((account) => heard.push(account));
    one.watch((account) => own.push(account));
    // The first word is that everything has to be looked at, because the line is new.
    await vi.waitFor(() => expect([heard, own]).toEqual([[undefined], [undefined]]), 10_000);
    await one.addAccount("bob@example.com", NOW);
    await one.addAccount(ALICE, NOW);
    await vi.waitFor(() => expect(heard).toEqual([undefined, "bob@example.com", ALICE]), 10_000);
    expect(own).toEqual([undefined]);
    await server.cut(url, true);
    await one.addAccount("carol@example.com", NOW);
    await vi.waitFor(() => expect(heard.filter((account) => account === undefined).length).toBe(2), 10_000);
    await one.close();
    await other.close();
    await server.empty(url);
  });

  it("tells another process what was taken from buckets, on a channel that only who reads the tables knows", async () => {
    const [one, other] = [await openStore(url), await openStore(url)];
    const heard: Taken[] = [];
    const changed: (string | undefined)[] = [];
    other.watch(
      (account) => changed.push(account),
      (taken) => heard.push(...taken),
    );
    await vi.waitFor(() => expect(changed).toEqual([undefined]), 10_000);
    await server.sql(url, "SELECT pg_notify('mesh_confirm', 'somebody [[\"address\",\"192.0.2.1\",1]]')");
    const [channel] = await server.sql(url, "SELECT value FROM mesh_confirm.meta WHERE name = 'channel'");
    const say = (text: string) => server.sql(url, "SELECT pg_notify($1, $2)", [channel?.["value"], `somebody ${text}`]);
    // What is none of ours is not believed, and nothing breaks of it.
    await say('[["address","192.0.2.1"],["address","192.0.2.1",-5],7,["kid",1,1]]');
    await say("[[");
    const taken = Array.from({ length: 250 }, (_, index) => {
      return { bucket: "kid", name: `MDDK7-N6A72-7AJZN-OSTRX-XKS7D-JAF${String(index)}`, count: index + 1 };
    });
    await one.tellTaken(taken);
    await vi.waitFor(() => expect(heard).toEqual(taken), 10_000);
    expect(changed).toEqual([undefined]);
    await one.close();
    await other.close();
    await server.empty(url);
  });

  describe("its failures", () => {
    it("refuses an address that would take the key over a network in the clear", async () => {
      await expect(openStore("postgres://confirm@db.example.com/confirm")).rejects.toMatchObject({
        code: "unsupported",
        message: expect.stringContaining("sslmode=verify-full") as string,
      });
      await expect(openStore("postgres://confirm@db.example.com:port/confirm")).rejects.toMatchObject({
        code: "unsupported",
      });
    });

    it("says where it looked when nothing answers, and never the password", async () => {
      const nowhere = openStore("postgres://confirm:secret@127.0.0.1:1/confirm");
      await expect(nowhere).rejects.toMatchObject({
        code: "unavailable",
        message: expect.stringContaining("confirm at 127.0.0.1:1") as string,
      });
      await expect(nowhere).rejects.not.toMatchObject({ message: expect.stringContaining("secret") as string });
      await expect(openStore(server.url("not_there"))).rejects.toMatchObject({
        code: "failed",
        message: expect.stringContaining("does not exist") as string,
      });
    });

    it("goes on by itself after every connection was cut, and keeps what it acknowledged", async () => {
      const store = await openStore(url);
      const acknowledged = new Set<string>();
      const refused = new Set<string>();
      for (let round = 0; round < 5; round++) {
        const adding = Array.from({ length: 40 }, async (_, index) => {
          const account = `user-${round}-${index}@example.com`;
          try {
            await store.addAccount(account, NOW);
            acknowledged.add(account);
          } catch (error) {
            refused.add((error as { code: string }).code);
          }
        });
        await Promise.all([...adding, server.cut(url)]);
      }
      const stored = (await store.accounts()).map(({ account }) => account);
      expect(stored).toEqual(expect.arrayContaining([...acknowledged]));
      expect(["", "unavailable"]).toContain([...refused].join());
      await store.close();
      await server.empty(url);
    });

    it("refuses while the server is down, and goes on by itself when it is back", async () => {
      const store = await openStore(url);
      await store.addAccount(ALICE, NOW);
      await server.halt();
      await expect(store.addAccount("bob@example.com", NOW)).rejects.toMatchObject({ code: "unavailable" });
      await expect(store.accounts()).rejects.toMatchObject({ code: "unavailable" });
      await server.resume();
      expect(await store.accounts()).toEqual([{ account: ALICE, created: NOW }]);
      await store.close();
      await server.empty(url);
    });

    it("refuses a standby, goes on at it once it was promoted, and finds there what the server had sent it", async () => {
      const primary = await openStore(url);
      const standby = await server.standby();
      const there = standby.url(new URL(url).pathname.slice(1));
      await expect(openStore(there)).rejects.toMatchObject({
        code: "unavailable",
        message: expect.stringContaining("is a standby, which only reads") as string,
      });
      await primary.addAccount(ALICE, NOW);
      const sent = () => standby.sql(there, "SELECT account FROM mesh_confirm.accounts");
      await vi.waitFor(async () => expect(await sent()).toEqual([{ account: ALICE }]), 20_000);
      await server.halt();
      await standby.sql(there, "SELECT pg_promote()");
      const store = await openStore(there);
      expect(await store.addAccount(ALICE, NOW)).toBe(false);
      expect(await store.addAccount("bob@example.com", NOW)).toBe(true);
      await store.close();
      await standby.stop();
      await server.resume();
      await primary.close();
      await server.empty(url);
    });

    it("lets only so many wait for a connection", async () => {
      const connections = new Connections(placeAt(url));
      const many = MOST_CONNECTIONS + MOST_WAITING + 1;
      let open = (): void => undefined;
      const gate = new Promise<void>((resolve) => {
        open = resolve;
      });
      const all = Array.from({ length: many }, () => connections.use(() => gate));
      await expect(all.at(-1)).rejects.toMatchObject({ code: "busy" });
      open();
      await expect(Promise.all(all.slice(0, -1))).resolves.toHaveLength(many - 1);
      await connections.close();
      await expect(connections.use(() => Promise.resolve())).rejects.toMatchObject({ code: "closed" });
    });
  });
});

describe.skipIf(NO_POSTGRES !== "")(`PostgreSQL on another machine${NO_POSTGRES}`, () => {
  it("is spoken to over TLS, and only where its certificate is of the authority and of the name", async () => {
    const [authority, other] = [newAuthority(), newAuthority()];
    const folder = await mkdtemp(join(tmpdir(), "confirm-pg-tls-"));
    const pem = async (name: string, { cert }: Issued): Promise<string> => {
      await writeFile(join(folder, name), cert);
      return join(folder, name);
    };
    const [ours, theirs] = [await pem("ours.pem", authority), await pem("theirs.pem", other)];
    const port = await freePort();
    const server = await Postgres.startTls(port, authority.issue(["localhost"]));
    const at = (host: string, root: string): string =>
      `postgres://confirm@${host}:${String(port)}/postgres?sslmode=verify-full&sslrootcert=${root}`;
    const store = await openStore(at("localhost", ours));
    const heard: (string | undefined)[] = [];
    store.watch((account) => heard.push(account));
    await vi.waitFor(() => expect(heard).toEqual([undefined]), 10_000);
    const lines = await server.sql(
      server.url("postgres"),
      "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'mesh-confirm'",
    );
    // One that works, and one that listens.
    expect(lines).toEqual([{ ssl: true }, { ssl: true }]);
    await store.close();
    await expect(openStore(at("localhost", theirs))).rejects.toMatchObject({ code: "unavailable" });
    await expect(openStore(at("127.0.0.1", ours))).rejects.toMatchObject({ code: "unavailable" });
    await server.stop();
    await rm(folder, { recursive: true });
  });
});

const NOW = 1_800_000_000_000;
const ALICE = "alice@example.com";

function request(index: number): NewStoredRequest {
  return {
    ...{ brokerId: `BROKER-${index}`, account: ALICE, digest: `digest-${index}`, signerKid: "SIGNER", draft: "01" },
    ...{ postedBy: undefined, enquirerId: undefined, enquirerIdSigned: false, fromId: "bank@bank.example" },
    ...{ request: { payload: "e30", signatures: [{ protected: "p", signature: "s" }] }, received: NOW },
    expire: NOW + 60_000,
  };
}
