/**
 * One hostile message: a valid one of some transaction, changed in some of its layers. What is signed is signed after the
 * change, by keys that the broker knows, so that it gets past every signature; other changes break the signature.
 */
import { CALL_CONTENT_TYPE } from "../../src/crypto/index.ts";
import type { JsonObject, JsonValue } from "../../src/protocol/index.ts";
import { MINUTE, SOME_TIME } from "../support/fake-clock.ts";
import { foreignFlat, type ForeignKey } from "../support/foreign-signer.ts";
import { ALICE } from "../support/signing.ts";
import { pick, type Random, upTo } from "../support/random.ts";
import { mutateBytes, mutateText, mutateTree } from "./mutate.ts";
import { textOfTree, type Tree, treeOf, valueOf } from "./tree.ts";
import { type Asked, BOB, CAROL, type World } from "./world.ts";

export interface Attack {
  readonly transaction: string;
  readonly body: Uint8Array;
  readonly contentType: string;
}

const at = (ms: number): string => new Date(SOME_TIME + ms).toISOString().replace(".000", "");

/** Changes a layer now and then; says whether it ever did. */
class Mutator {
  readonly random: Random;
  readonly #parts: readonly Tree[];
  readonly #rate: number;
  changed = false;

  constructor(random: Random, parts: readonly Tree[], rate: number) {
    this.random = random;
    this.#parts = parts;
    this.#rate = rate;
  }

  #strikes(rate = this.#rate): boolean {
    const strikes = this.random() < rate;
    this.changed ||= strikes;
    return strikes;
  }

  tree(tree: Tree): Tree {
    return this.#strikes() ? mutateTree(tree, this.random, this.#parts) : tree;
  }

  text(text: string): string {
    return this.#strikes(this.#rate / 8) ? mutateText(text, this.random) : text;
  }

  /** The last layer: if nothing was changed before, something is now, most of the time. */
  bytes(text: string): Uint8Array {
    const bytes = new TextEncoder().encode(text);
    return this.#strikes(this.changed ? 0.02 : 0.5) ? mutateBytes(bytes, this.random) : bytes;
  }
}

/** A JWS General JSON over a payload, each layer of which may be changed. */
function signed(key: ForeignKey, typ: string, payload: Tree, mutator: Mutator): Tree {
  const { random } = mutator;
  const header: JsonValue = { alg: "ES256", typ, ...(random() < 0.9 ? { jwk: { ...key.jwk } } : {}) };
  const headerText = mutator.text(textOfTree(mutator.tree(treeOf(header))));
  const flat = foreignFlat(key, headerText, mutator.text(textOfTree(mutator.tree(payload))));
  const signature = { protected: flat.protected, header: { kid: key.kid }, signature: flat.signature };
  return mutator.tree(treeOf({ payload: flat.payload, signatures: [signature] }));
}

const members = (...list: readonly (readonly [string, Tree])[]): Tree => ({ members: list });

/** Name -> the members of a valid request, and whose call it should be. */
const TRANSACTIONS: Readonly<
  Record<
    string,
    (world: World, random: Random, mutator: Mutator) => { readonly body: Tree; readonly caller: ForeignKey }
  >
> = {
  Hello: (world, random) => ({ body: members(), caller: pick(random, world.keys) }),
  Enquire: (world, random, mutator) => {
    const key = pick(random, [world.stranger, world.registered, world.bob]);
    const account = pick(random, [ALICE, ALICE, BOB, CAROL, "nobody@example.com"]);
    const text = pick(random, [
      "<srml><h1>Pay</h1></srml>",
      '<srml xmlns="http://hallambaker.com/Schemas/srml.xsd"><h1>Pay</h1><p>5 EUR</p><button value="a">A</button></srml>',
    ]);
    const payload = {
      Text: text,
      FromID: key === world.bob ? BOB : "payments@ethel.example",
      ToID: account,
      EnquirerID: `fuzz-${upTo(random, 1e9)}`,
      Created: at(0),
      Expire: at(5 * MINUTE),
    };
    const request = signed(key, "confirm-tbs-request+jws", treeOf({ TBSRequest: payload }), mutator);
    if (random() < 0.2) {
      const flat = treeMembers({ Responder: account, Expire: payload.Expire });
      return { body: members(["Request", request], ...flat), caller: key };
    }
    const entry = mutator.tree(
      members(["Request", request], ...treeMembers({ ResponderAccount: account, Expire: payload.Expire })),
    );
    return { body: members(["Request", entry]), caller: key };
  },
  Status: (world, random) => {
    const { id } = pick(random, world.asked);
    const Cancel = random() < 0.1;
    return { body: treeOf({ BrokerID: id, ...(Cancel ? { Cancel } : {}) }), caller: pick(random, world.keys) };
  },
  Pending: (world, random) => {
    const more = random() < 0.3 ? { MaxResponse: 2, AfterId: 1, BeforeId: pick(random, world.asked).id } : {};
    const one = random() < 0.3 ? { BrokerID: pick(random, world.asked).id } : {};
    return { body: treeOf({ Responder: ALICE, ...more, ...one }), caller: pick(random, [world.alice, world.bob]) };
  },
  Respond: (world, random, mutator) => {
    const asked: Asked = pick(random, world.asked);
    const owner = asked.account === BOB ? world.bob : world.alice;
    const key = random() < 0.8 ? owner : pick(random, world.keys);
    const refuses = random() < 0.1;
    const status = refuses ? "REFUSED" : "REPLY";
    const entry = treeMembers({ BrokerID: asked.id, RequestStatus: status });
    if (refuses) return { body: members(["Response", mutator.tree(members(...entry))]), caller: key };
    const payload = { SignedRequest: valueOf(asked.jws), Value: random() < 0.5, Created: at(0) };
    const answer = signed(key, "confirm-tbs-response+jws", treeOf({ TBSResponse: payload }), mutator);
    if (random() < 0.2) return { body: members(["Response", answer]), caller: key };
    return { body: members(["Response", mutator.tree(members(...entry, ["Response", answer]))]), caller: key };
  },
  Connect: (world, random, mutator) => {
    const key = pick(random, world.keys);
    const account = pick(random, [ALICE, CAROL]);
    const kept = world.profiles.get(key);
    const body = { Account: account, SigningKey: { ...key.jwk }, EncryptionKey: { ...key.jwk }, Created: at(0) };
    const profile =
      random() < 0.3 && kept !== undefined
        ? treeOf(valueOf(kept))
        : signed(key, "confirm-device-profile+jws", treeOf({ DeviceProfile: body }), mutator);
    const proof = random() < 0.5 ? { Proof: world.proofs.get(key) ?? "" } : {};
    const texts = treeMembers({ Account: account, DeviceName: "a browser", ...proof });
    return { body: members(...texts, ["DeviceProfile", profile]), caller: key };
  },
  Profile: (world, random) => ({
    body: treeOf({ Account: pick(random, [ALICE, BOB, CAROL, "nobody@example.com"]) }),
    caller: pick(random, world.keys),
  }),
  Policy: (world, random) => {
    const names = [pick(random, world.keys).kid, "eve@example.net", "example.net", "no name"];
    const lists = { Block: [pick(random, names)], Allow: [pick(random, names)], AllowOnly: random() < 0.1 };
    const Set = random() < 0.5 ? { Set: { ...lists, Lift: [pick(random, world.keys).kid] } } : {};
    return { body: treeOf({ Responder: ALICE, ...Set }), caller: pick(random, [world.alice, world.bob]) };
  },
  Devices: (world, random, mutator) => {
    const key = pick(random, [world.alice, world.alice, world.pendingDevice, world.bob]);
    const revokes = random() < 0.6;
    const payload = { Account: ALICE, Kid: pick(random, world.keys).kid, Created: at(0) };
    const revocation = signed(key, "confirm-device-revocation+jws", treeOf({ DeviceRevocation: payload }), mutator);
    const account = treeMembers({ Responder: ALICE });
    return { body: members(...account, ...(revokes ? [["Revoke", revocation] as const] : [])), caller: key };
  },
  Subscribe: (world) => ({ body: treeOf({ Responder: ALICE }), caller: world.alice }),
};

export const ATTACKED = Object.keys(TRANSACTIONS);

function treeMembers(value: JsonObject): readonly (readonly [string, Tree])[] {
  const tree = treeOf(value);
  return "members" in tree ? tree.members : [];
}

/** How seldom a transaction can do without authentication. */
const MOSTLY_SEALED = new Set(["Pending", "Connect", "Profile", "Policy", "Devices", "Subscribe"]);

/** Makes one message. `url` is what a call is signed for. */
export function attack(world: World, random: Random, url: string, only?: string): Attack {
  const mutator = new Mutator(random, world.parts, pick(random, [0.08, 0.15, 0.3]));
  const transaction = only ?? pick(random, ATTACKED);
  const made = TRANSACTIONS[transaction]?.(world, random, mutator);
  if (made === undefined) throw new Error(`There is no ${transaction}.`);
  const tag = random() < 0.2 ? transaction : `${transaction}Request`;
  const message = mutator.text(textOfTree(mutator.tree(members([tag, mutator.tree(made.body)]))));
  const sealed = random() < (MOSTLY_SEALED.has(transaction) ? 0.9 : 0.3);
  if (!sealed) {
    return {
      transaction,
      body: mutator.bytes(message),
      contentType: pick(random, ["application/json", "", "text/plain"]),
    };
  }
  const caller = random() < 0.9 ? made.caller : pick(random, world.keys);
  const header = {
    ...{ alg: "ES256", typ: "confirm-request+jws", kid: caller.kid, url, iat: Math.floor(SOME_TIME / 1000) },
    jti: Buffer.from(Array.from({ length: 16 }, () => upTo(random, 256))).toString("base64url"),
    ...(random() < 0.8 ? { jwk: { ...caller.jwk } } : {}),
  };
  const flat = foreignFlat(caller, mutator.text(textOfTree(mutator.tree(treeOf(header)))), message);
  const call = mutator.text(textOfTree(mutator.tree(treeOf({ ...flat }))));
  return { transaction, body: mutator.bytes(call), contentType: CALL_CONTENT_TYPE };
}
