/**
 * What our rules cost on top of the primitive: each of our functions, as the broker calls it, against WebCrypto's `sign` or
 * `verify` of the very same bytes, and the markup's parser against bare saxes over the same text. Both sides take turns in
 * one process, so that a busy machine is busy for both; a ratio is of one turn.
 */
import { SaxesParser } from "saxes";
import * as ours from "../../dist/node/crypto/index.js";
import { readHeader } from "../../dist/node/crypto/header.js";
import { onlySignature, signGeneral, verifyFlattened } from "../../dist/node/crypto/jws.js";
import { nodePrimitives } from "../../dist/node/node/index.js";
import { parseSrml, writeSrml } from "../../dist/node/srml/index.js";
import { median, spread } from "./statistics.mjs";
import { digits, table, withRange } from "./table.mjs";

const ECDSA = { name: "ECDSA", hash: "SHA-256" };
const URL = "https://broker.example/.well-known/confirm";
const GOAL = 1.5;
/** A turn of one side takes about so long: short, so that what disturbs one disturbs the other. */
const TURN_MS = 10;
const ROUNDS = 61;

const utf8 = new TextEncoder();
const bytesOf = ({ protected: header, payload }) => utf8.encode(`${header}.${payload}`);

/** Each row: our function, and the primitive alone over the same bytes. */
async function rows() {
  const key = await ours.signingKeyOf(await ours.newSigningPair({ extractable: false }));
  const text = writeSrml({
    heading: "Pay 250.00 EUR to Joe's Garage?",
    paragraphs: ["From your account ending in 4711.", "Reference: invoice 2026-1147, new tyres."],
    buttons: [
      { label: "Pay at once", value: "now" },
      { label: "Pay on Friday", value: "friday" },
    ],
  });
  const now = Date.now();
  const request = await ours.signRequest(key, {
    text,
    fromId: "payments@ethel.example",
    toId: "alice@example.com",
    enquirerId: "Yx5J0m3pQ1mJq8T0bqkS3w",
    created: now,
    expire: now + 300_000,
  });
  const { flat } = onlySignature(request);
  const header = readHeader(flat.protected);
  const message = JSON.stringify({
    EnquireRequest: { Request: { Request: request, ResponderAccount: "a@b.example" } },
  });
  const { body } = await ours.sealCall(key, { url: URL, message, now });
  const payload = Buffer.from(flat.payload, "base64url").toString();

  const sign = (jws) => {
    const bytes = bytesOf(jws);
    return () => crypto.subtle.sign(ECDSA, key.privateKey, bytes);
  };
  const verify = (jws) => {
    const [bytes, signature] = [bytesOf(jws), Buffer.from(jws.signature, "base64url")];
    return () => crypto.subtle.verify(ECDSA, key.key, signature, bytes);
  };
  return [
    { name: "sign a TBSRequest", goal: GOAL, run: () => signGeneral(key, header.typ, payload), bare: sign(flat) },
    { name: "verify, key cached", goal: GOAL, run: () => verifyFlattened(flat, header, key), bare: verify(flat) },
    { name: "open a TBSRequest", run: () => ours.openRequest(request, undefined, nodePrimitives), bare: verify(flat) },
    {
      name: "authenticate a call",
      run: async () => ours.openCall(await ours.readCall(body, nodePrimitives), { urls: [URL], now }),
      bare: verify(JSON.parse(body)),
    },
    ...(await envelopeRows(request)),
    { name: "parse SRML", run: () => parseSrml(text), bare: () => bareSaxes(text) },
  ];
}

const ECDH = { name: "ECDH", namedCurve: "P-256" };
const GCM = { name: "AES-GCM" };

/** An envelope for one device and its opening, against one agreement and AES-GCM over the same text. */
async function envelopeRows(request) {
  const pair = await ours.newEncryptionPair({ extractable: false });
  const recipient = await ours.importEncryptionKey(await ours.encryptionJwkOf(pair));
  const opens = await ours.decryptionKeyOf(pair);
  const envelope = await ours.encryptJws(request, ours.TYP.request, [recipient]);
  const bytes = utf8.encode(JSON.stringify(request));
  const key = await crypto.subtle.generateKey({ ...GCM, length: 256 }, false, ["encrypt", "decrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const ciphertext = await crypto.subtle.encrypt({ ...GCM, iv }, key, bytes);
  const agree = (privateKey) => crypto.subtle.deriveBits({ ...ECDH, public: pair.publicKey }, privateKey, 256);
  return [
    {
      name: "encrypt for one device",
      run: () => ours.encryptJws(request, ours.TYP.request, [recipient]),
      bare: async () => {
        const ephemeral = await crypto.subtle.generateKey(ECDH, false, ["deriveBits"]);
        await agree(ephemeral.privateKey);
        await crypto.subtle.encrypt({ ...GCM, iv }, key, bytes);
      },
    },
    {
      name: "decrypt",
      run: () => ours.decryptJws(envelope, ours.TYP.request, opens),
      bare: async () => {
        await agree(pair.privateKey);
        await crypto.subtle.decrypt({ ...GCM, iv }, key, ciphertext);
      },
    },
  ];
}

function bareSaxes(text) {
  const parser = new SaxesParser({ xmlns: true });
  let seen = 0;
  parser.on("error", (error) => {
    throw error;
  });
  for (const event of ["opentag", "closetag", "text"]) parser.on(event, () => (seen += 1));
  parser.write(text).close();
  return seen;
}

/** What each of `count` runs takes, one after the other: by the clock, and of processors, all threads, in milliseconds. */
async function time(run, count) {
  const [start, used] = [performance.now(), process.cpuUsage()];
  for (let done = 0; done < count; done++) await run();
  const { user, system } = process.cpuUsage(used);
  return { clock: (performance.now() - start) / count, processor: (user + system) / 1000 / count };
}

async function measure({ run, bare }, rounds) {
  // Warm, and how many fit into a turn.
  await time(run, 200);
  await time(bare, 200);
  const { clock } = await time(bare, 200);
  const count = Math.max(20, Math.round(TURN_MS / clock));
  const turns = [];
  for (let round = 0; round < rounds; round++) {
    // Who begins changes, so that neither always follows the other.
    const first = round % 2 === 0;
    const before = first ? await time(bare, count) : undefined;
    const mine = await time(run, count);
    turns.push({ mine, primitive: before ?? (await time(bare, count)) });
  }
  return {
    ratio: spread(turns.map(({ mine, primitive }) => mine.clock / primitive.clock)),
    processorRatio: spread(turns.map(({ mine, primitive }) => mine.processor / primitive.processor)),
    microseconds: median(turns.map(({ mine }) => mine.clock * 1000)),
    bareMicroseconds: median(turns.map(({ primitive }) => primitive.clock * 1000)),
  };
}

export async function benchCrypto({ quick, say }) {
  const data = {};
  const lines = [];
  for (const row of await rows()) {
    say(row.name);
    const measured = await measure(row, quick ? 15 : ROUNDS);
    data[row.name] = { ...measured, goal: row.goal };
    lines.push([
      row.name,
      digits(measured.bareMicroseconds, 1),
      digits(measured.microseconds, 1),
      withRange(measured.ratio, 2),
      digits(measured.processorRatio.median, 2),
      row.goal === undefined ? "" : digits(row.goal, 1),
    ]);
  }
  const head = ["", "primitive, µs", "ours, µs", "times as long: median (range)", "processor", "goal"];
  return { data, lines: table(head, lines), problems: [] };
}
