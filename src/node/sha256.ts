/** SHA-256 by Node's own module: without leaving the thread, which matters where thousands are computed each second. */
import { createHash } from "node:crypto";
import type { Sha256 } from "../crypto/index.ts";

export const nodeSha256: Sha256 = (data) => createHash("sha256").update(data).digest();
