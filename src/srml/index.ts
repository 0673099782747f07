/** SRML, the markup that a user is shown (-01 §7), and the text gate. Pure. Public as `mesh-confirm/srml`. */
export { type DomainView, viewDomain } from "./domain-view.ts";
export { SrmlError, type SrmlErrorCode } from "./errors.ts";
export { type Srml, SRML_LIMITS, SRML_NAMESPACE, type SrmlButton } from "./model.ts";
export { parseSrml } from "./parse-srml.ts";
export { gateText } from "./text-gate.ts";
export { type SrmlInput, writeSrml } from "./write-srml.ts";
