/**
 * Everything that reads what somebody else has written: its own errors, valid input to start from, how much it looks at,
 * and texts that are made to keep it busy. A new decoder has a line here; a new message has one by itself.
 */
import fc from "fast-check";
import { BrokerError, readPolicy } from "../../src/broker/index.ts";
import { ClientError } from "../../src/client/index.ts";
import { openSignedAnswer, readAnswer } from "../../src/client/call.ts";
import { readKeySet } from "../../src/client/key-set.ts";
import { read2017, Reference2017Error, verify2017 } from "../../src/reference2017/index.ts";
import {
  CryptoError,
  openAnswer,
  openCall,
  openDeviceProfile,
  openRequest,
  openResponse,
  openRevocation,
  parseConnectCode,
  readCall,
  checkJwe,
  encryptionJwkOf,
  encryptJws,
  importEncryptionKey,
  newEncryptionPair,
  openStamp,
  readPublicKey,
  signRevocation,
  signStamp,
} from "../../src/crypto/index.ts";
import { readPrivateJwk } from "../../src/node/index.ts";
import { Pins } from "../../src/node/pins-file.ts";
import { FLAT_FORMS, MESSAGES, STRUCTURES } from "../../src/protocol/definitions.ts";
import {
  decodeBase64url,
  endpointOf,
  FlattenedJws,
  Jwe,
  type JsonValue,
  Jws,
  LIMITS,
  parseAccount,
  parseEndpoint,
  parseTime,
  PendingFrame,
  ProtocolError,
  readRequest,
  readResponse,
  REQUESTS,
  scanJson,
  type Shape,
  type Transaction,
  Withdrawn,
} from "../../src/protocol/index.ts";
import { ReceiptError, readReceipt, verifyReceipt } from "../../src/receipt/index.ts";
import { ReceiptBody } from "../../src/receipt/shape.ts";
import { wireSchema } from "../../src/receipt/wire-schema.ts";
import { readStoredEntry } from "../../src/responder/index.ts";
import { gateText, parseSrml, SRML_LIMITS, SrmlError, viewDomain } from "../../src/srml/index.ts";
import { SOME_TIME } from "../support/fake-clock.ts";
import { foreignFlat, foreignGeneral, foreignKey } from "../support/foreign-signer.ts";
import { key2017, sign2017 } from "../support/reference2017.ts";
import { schemaValues } from "../support/schema-values.ts";
import { ALICE, newKey, profileOf, signedRequest } from "../support/signing.ts";
import * as hostile from "./hostile-texts.ts";

export interface Decoder {
  readonly name: string;
  readonly decode: (text: string) => unknown;
  /** The only errors that it throws. */
  readonly own: readonly (abstract new (...args: never[]) => Error)[];
  readonly valid: readonly string[];
  /** A text of more bytes is refused without being looked at; undefined where whoever calls it has bounded the text. */
  readonly limit: number | undefined;
  /** Name -> a text of about this length. */
  readonly hostile: hostile.Texts;
}

const key = foreignKey();
const signer = await newKey();
const service = await newKey();
const URL = "https://example.com/.well-known/confirm";
const request = await signedRequest(signer);
const answer = foreignGeneral(
  key,
  { alg: "ES256", typ: "confirm-tbs-response+jws", jwk: key.jwk },
  JSON.stringify({ TBSResponse: { SignedRequest: request, Value: true, Created: "2030-03-01T12:01:00Z" } }),
);
const profile = await profileOf(signer);
const revocation = await signRevocation(signer, { account: ALICE, kid: signer.kid, created: SOME_TIME });
const receipt = {
  Receipt: {
    ...{ BrokerID: "RBA", Response: answer, Devices: [profile], Endorsements: [], Revocations: [], Trust: "pinned" },
  },
};
const callHeader = { alg: "ES256", typ: "confirm-request+jws", kid: key.kid, jwk: key.jwk, url: URL };
const jti = "AAECAwQFBgcICQoLDA0ODw";
const iat = Math.floor(SOME_TIME / 1000);
const call = JSON.stringify(foreignFlat(key, { ...callHeader, iat, jti }, '{"HelloRequest":{}}'));

const bounded = (text: string): JsonValue => scanJson(text, LIMITS.messageBytes);
const jws = (text: string): Jws => Jws.read(bounded(text), "it");

/** A JWS by a real key over whatever payload: its readers get as far as they can. */
function signedText(typ: string, payload: string): string {
  return JSON.stringify(foreignGeneral(key, { alg: "ES256", typ, jwk: key.jwk }, payload));
}

function signedObject(name: string, typ: string, valid: object, open: (object: Jws) => unknown): Decoder {
  const inside = Object.entries(hostile.scanned).map(([what, make]): [string, (length: number) => string] => [
    `${what}, signed`,
    (length) => signedText(typ, make(Math.floor(length / 2))),
  ]);
  return {
    name,
    decode: (text) => open(jws(text)),
    own: [ProtocolError, CryptoError],
    valid: [JSON.stringify(valid)],
    limit: LIMITS.messageBytes,
    hostile: { ...hostile.jws, ...Object.fromEntries(inside) },
  };
}

/** Values that the shape of this name reads, as text. The same each time, so that what a test is called does not change. */
function samples(shapeName: string): readonly string[] {
  const reference = { $ref: `#/$defs/${shapeName}` };
  const shape = { ...MESSAGES, ...STRUCTURES, Receipt: { shape: ReceiptBody } }[shapeName]?.shape;
  const values = fc.sample(schemaValues(wireSchema(), reference), { numRuns: 40, seed: 1 });
  return values
    .map((value) => JSON.stringify(value))
    .filter((text) => {
      try {
        shape?.read(JSON.parse(text) as JsonValue, "it");
        return true;
      } catch {
        return false;
      }
    })
    .slice(0, 4);
}

function shapeDecoder(name: string, shape: Shape<unknown>): Decoder {
  const own = Object.hasOwn(wireSchema()["$defs"] as object, name) ? name : "RequestEntry";
  return {
    name: `the shape of ${name}`,
    decode: (text) => shape.read(bounded(text), name),
    own: [ProtocolError],
    valid: samples(own),
    limit: LIMITS.messageBytes,
    hostile: { ...hostile.members(shape.schema), ...hostile.lists(samples(own)[0] ?? "") },
  };
}

const shapes = Object.entries({ ...MESSAGES, ...STRUCTURES }).map(([name, { shape }]) => shapeDecoder(name, shape));

const tagged = (tag: string, texts: readonly string[]): readonly string[] => texts.map((one) => `{"${tag}":${one}}`);
const requestTexts = [
  ...Object.keys(REQUESTS).flatMap((tag) => tagged(tag, samples(tag))),
  ...tagged("EnquireRequest", samples(FLAT_FORMS["EnquireRequest"] ?? "")),
  ...tagged("RespondRequest", samples(FLAT_FORMS["RespondRequest"] ?? "")),
];

const responses = Object.keys(REQUESTS).map((tag): Decoder => {
  const transaction = tag.replace(/Request$/, "") as Transaction;
  const name = `${transaction}Response`;
  return {
    name: `the answer to ${transaction}`,
    decode: (text) => readAnswer(transaction, text),
    own: [ClientError],
    valid: [...tagged(name, samples(name)), ...tagged("ConfirmResponse", samples("ConfirmResponse"))],
    limit: LIMITS.answerBytes,
    hostile: { ...hostile.scanned, ...hostile.lists(tagged(name, samples(name))[0] ?? "") },
  };
});

const JSON_DECODERS: readonly Decoder[] = [
  {
    name: "JSON",
    decode: (text) => scanJson(text, Number.MAX_SAFE_INTEGER),
    own: [ProtocolError],
    valid: requestTexts,
    limit: undefined,
    hostile: hostile.json,
  },
  {
    name: "a request",
    decode: (text) => readRequest(bounded(text)),
    own: [ProtocolError],
    valid: requestTexts,
    limit: LIMITS.messageBytes,
    hostile: hostile.scanned,
  },
  {
    name: "a response",
    decode: (text) => readResponse("Pending", bounded(text)),
    own: [ProtocolError],
    valid: tagged("PendingResponse", samples("PendingResponse")),
    limit: LIMITS.messageBytes,
    hostile: hostile.scanned,
  },
  ...shapes,
  ...responses,
  {
    name: "a frame that brings a request",
    decode: (text) => PendingFrame.read(bounded(text), "frame"),
    own: [ProtocolError],
    valid: tagged("Pending", samples("RequestEntry")),
    limit: LIMITS.messageBytes,
    hostile: hostile.scanned,
  },
  {
    name: "a frame that withdraws one",
    decode: (text) => Withdrawn.read(bounded(text), "frame"),
    own: [ProtocolError],
    valid: tagged("Withdrawn", samples("Withdrawn")),
    limit: LIMITS.messageBytes,
    hostile: hostile.scanned,
  },
];

const SIGNED_DECODERS: readonly Decoder[] = [
  signedObject("a signed request", "confirm-tbs-request+jws", request, openRequest),
  signedObject("a signed answer", "confirm-tbs-response+jws", answer, openResponse),
  signedObject("a device profile", "confirm-device-profile+jws", profile, openDeviceProfile),
  signedObject("a revocation", "confirm-device-revocation+jws", revocation, openRevocation),
  {
    name: "a public key",
    decode: (text) => readPublicKey(bounded(text)),
    own: [ProtocolError, CryptoError],
    valid: [JSON.stringify(key.jwk)],
    limit: LIMITS.messageBytes,
    hostile: hostile.scanned,
  },
  {
    name: "an authenticated call",
    decode: async (text) => openCall(await readCall(text), { urls: [URL], now: SOME_TIME }),
    own: [ProtocolError, CryptoError],
    valid: [call],
    limit: LIMITS.messageBytes,
    hostile: hostile.flattened,
  },
  {
    name: "the seal of an answer",
    decode: (text) => openAnswer(text, { req: jti, service }),
    own: [ProtocolError, CryptoError],
    valid: [call],
    limit: LIMITS.answerBytes,
    hostile: hostile.flattened,
  },
  {
    name: "an answer that must be signed",
    decode: (text) => openSignedAnswer(text, { req: jti, service }),
    own: [ClientError],
    valid: [call],
    limit: LIMITS.answerBytes,
    hostile: hostile.flattened,
  },
  {
    name: "a receipt",
    decode: readReceipt,
    own: [ReceiptError],
    valid: [JSON.stringify(receipt)],
    limit: LIMITS.receiptBytes,
    hostile: { ...hostile.scanned, ...hostile.lists(JSON.stringify(receipt)) },
  },
  {
    name: "a receipt that is verified",
    decode: (text) => verifyReceipt(text, { pins: [{ kid: key.kid }] }),
    own: [ReceiptError],
    valid: [JSON.stringify(receipt)],
    limit: LIMITS.receiptBytes,
    hostile: hostile.lists(JSON.stringify(receipt)),
  },
];

const stamp = await signStamp(service, {
  requestDigest: "A".repeat(43),
  responseDigest: "A".repeat(43),
  received: SOME_TIME,
});

const reference = key2017();
const reader = await importEncryptionKey(await encryptionJwkOf(await newEncryptionPair({ extractable: true })));
const encrypted = await encryptJws(request, "confirm-tbs-request+jws", [reader]);

let bytes = { text: "", bytes: Buffer.alloc(0) };
/** The bytes of a text, made once: what is measured is the reader. */
function bytesOf(text: string): Uint8Array {
  if (bytes.text !== text) bytes = { text, bytes: Buffer.from(text) };
  return bytes.bytes;
}

const FURTHER_DECODERS: readonly Decoder[] = [
  {
    name: "an encrypted object",
    decode: (text) => checkJwe(Jwe.read(bounded(text), "it"), "confirm-tbs-request+jws"),
    own: [ProtocolError, CryptoError],
    valid: [JSON.stringify(encrypted)],
    limit: LIMITS.messageBytes,
    hostile: hostile.lists(JSON.stringify(encrypted)),
  },
  {
    name: "a stamp",
    decode: (text) => openStamp(FlattenedJws.read(bounded(text), "it")),
    own: [ProtocolError, CryptoError],
    valid: [JSON.stringify(stamp)],
    limit: LIMITS.messageBytes,
    hostile: hostile.flattened,
  },
  {
    name: "a key set",
    decode: (text) => readKeySet(bytesOf(text)),
    own: [ClientError],
    valid: [JSON.stringify({ keys: [{ ...key.jwk, confirm_accounts: ["payments"] }, { ...key.jwk }] })],
    limit: LIMITS.messageBytes,
    hostile: hostile.scanned,
  },
  {
    name: "an object of the 2017 reference",
    decode: async (text) => {
      const read = read2017(text);
      return read === undefined ? undefined : verify2017(read, []);
    },
    own: [Reference2017Error],
    valid: [JSON.stringify(sign2017(reference, '{"TBSRequest":{"Text":"a"}}')), JSON.stringify(request)],
    limit: LIMITS.receiptBytes,
    hostile: hostile.scanned,
  },
];

const entry = JSON.stringify({
  ...{ account: ALICE, broker: URL, digest: "A".repeat(43), brokerId: "RBA", request, state: "verified" },
  ...{ received: SOME_TIME, expires: SOME_TIME, endorses: false, vouched: false, tell: false },
});
const pins = JSON.stringify({
  devices: [{ account: ALICE, kid: key.kid, how: "pinned", added: "2030-03-01T12:00:00Z" }],
  services: [{ endpoint: URL, kid: key.kid, jwk: key.jwk, added: "2030-03-01T12:00:00Z" }],
});

const FILE_DECODERS: readonly Decoder[] = [
  {
    name: "a policy file",
    decode: readPolicy,
    own: [BrokerError],
    valid: ['{"limits":false}', '{"limits":{"kid":{"perSecond":1,"burst":2}},"enquirers":"local","messageBytes":1000}'],
    limit: LIMITS.messageBytes,
    hostile: hostile.scanned,
  },
  {
    name: "a stored entry",
    decode: readStoredEntry,
    own: [ProtocolError],
    valid: [entry],
    limit: LIMITS.answerBytes,
    hostile: { ...hostile.scanned, ...hostile.lists(entry) },
  },
  {
    name: "a pins file",
    decode: (text) => Pins.read(scanJson(text, LIMITS.answerBytes), "pins"),
    own: [ProtocolError],
    valid: [pins],
    limit: LIMITS.answerBytes,
    hostile: { ...hostile.scanned, ...hostile.lists(pins) },
  },
  {
    name: "a key file",
    decode: readPrivateJwk,
    own: [ProtocolError],
    valid: [JSON.stringify(key.privateKey.export({ format: "jwk" }))],
    limit: LIMITS.messageBytes,
    hostile: hostile.scanned,
  },
];

const TEXT_DECODERS: readonly Decoder[] = [
  {
    name: "base64url",
    decode: decodeBase64url,
    own: [ProtocolError],
    valid: ["", "AA", "AAA", "AAAA", "Zm9vYmFy", key.jwk.x],
    limit: undefined,
    hostile: hostile.plain,
  },
  {
    name: "an account",
    decode: parseAccount,
    own: [ProtocolError],
    valid: [ALICE, "a.b+c@localhost", "BOB@Example.COM"],
    limit: 254,
    hostile: hostile.plain,
  },
  {
    name: "a date",
    decode: parseTime,
    own: [ProtocolError],
    valid: ["2017-08-17T01:15:59Z", "2030-02-28T23:59:59.999+00:00"],
    limit: 40,
    hostile: hostile.plain,
  },
  {
    name: "a broker's address",
    decode: parseEndpoint,
    own: [ProtocolError],
    valid: ["https://example.com", "http://127.0.0.1:8787/", URL],
    limit: 500,
    hostile: {},
  },
  {
    name: "the broker of an account",
    decode: endpointOf,
    own: [ProtocolError],
    valid: [ALICE],
    limit: 254,
    hostile: hostile.plain,
  },
  {
    name: "a connect code",
    decode: parseConnectCode,
    own: [],
    valid: ["ABCD-EFGH-IJKL-MNOP", "abcd efgh ijkl mnop"],
    limit: 100,
    hostile: hostile.plain,
  },
  {
    name: "the text gate, for a text",
    decode: (text) => gateText(text, "text"),
    own: [SrmlError],
    valid: ["Pay 5 EUR", "שלום\u200f", "👨\u200d👩\u200d👧"],
    limit: undefined,
    hostile: hostile.prose,
  },
  {
    name: "the text gate, for a name",
    decode: (text) => gateText(text, "name"),
    own: [SrmlError],
    valid: [ALICE, "Ethel's browser"],
    limit: undefined,
    hostile: hostile.prose,
  },
  {
    name: "SRML",
    decode: parseSrml,
    own: [SrmlError],
    valid: ['<srml><h1>Pay</h1><p>5 EUR</p><button value="a">A</button></srml>', "<srml><h1>a&amp;b</h1></srml>"],
    limit: SRML_LIMITS.bytes,
    hostile: hostile.markup,
  },
  {
    name: "a domain to look at",
    decode: (text) => viewDomain(text.slice(0, 253), ["example.com", "xn--nxasmq6b.example"]),
    own: [],
    valid: ["example.com", "xn--nxasmq6b.example"],
    limit: undefined,
    hostile: {},
  },
];

export const DECODERS: readonly Decoder[] = [
  ...JSON_DECODERS,
  ...SIGNED_DECODERS,
  ...FURTHER_DECODERS,
  ...FILE_DECODERS,
  ...TEXT_DECODERS,
];
