/**
 * The JSON Schema of all that is written here: messages, what is signed inside them, receipts. The build writes it to
 * `schema.json`. No index exports it, so that none of its words reach the extension.
 */
import { FLAT_FORMS, MESSAGES, STRUCTURES } from "../protocol/definitions.ts";
import type { JsonObject } from "../protocol/index.ts";
import { jsonSchemaOf } from "../protocol/json-schema.ts";
import { ReceiptBody } from "./shape.ts";

const RECEIPT = "What an enquirer keeps: the signed answer, with the signed request inside (ours).";

/** The schema, JSON Schema 2020-12. A value is valid at its root if it is one message or a receipt. */
export function wireSchema(): JsonObject {
  return jsonSchemaOf(
    {
      id: "urn:mesh-confirm:schema",
      title: "Mesh Confirmation Protocol",
      description:
        "Every message as mesh-confirm reads it (draft-hallambaker-mesh-confirm-01 and -00, and what docs/protocol.md " +
        "adds). " +
        "Requests are read with the short tag of the 2017 reference as well, such as Hello. Unknown members are ignored.",
    },
    { ...MESSAGES, Receipt: { shape: ReceiptBody, description: RECEIPT } },
    STRUCTURES,
    FLAT_FORMS,
  );
}
