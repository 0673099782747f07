/**
 * The reference's JSON has raw line feeds inside strings, base64 above all, which no JSON has. They are written as escapes,
 * in one pass; all else is for the ordinary scanner, with its bounds.
 */
import { decodeBase64url, type JsonValue, LIMITS, ProtocolError, scanJson } from "../protocol/index.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Parses JSON as the reference writes it.
 *
 * @throws ProtocolError as `scanJson`
 */
export function scanJson2017(input: Uint8Array | string): JsonValue {
  if (input.length > LIMITS.receiptBytes) {
    throw new ProtocolError("json_too_large", `The file is larger than ${LIMITS.receiptBytes} bytes.`);
  }
  // An escape is longer than what it stands for, by one: the text at most doubles.
  return scanJson(withEscapes(typeof input === "string" ? input : utf8(input)), 2 * LIMITS.receiptBytes);
}

function utf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new ProtocolError("json_malformed", "The file is not UTF-8.");
  }
}

/** One pass, whatever the text is; a string that does not end is left to the scanner. */
function withEscapes(text: string): string {
  const parts: string[] = [];
  let from = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === '"') inString = !inString;
    else if (sign === "\\" && inString) at++;
    else if (inString && (sign === "\n" || sign === "\r")) {
      parts.push(text.slice(from, at), sign === "\n" ? "\\n" : "\\r");
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)].join("");
}

/**
 * Decodes base64url that is broken into lines.
 *
 * @throws ProtocolError `base64url`
 */
export function decodeLines(text: string): Uint8Array<ArrayBuffer> {
  return decodeBase64url(text.replace(/[\r\n]/g, ""));
}
