/** Fingerprints as people type them: in any case, with or without the hyphens. Refuses what is too short to compare. */
import { CliError, EXIT } from "./exit.ts";

/**
 * @returns the fingerprint as it is stored: thirty signs in groups of five (design §5)
 * @throws CliError usage
 */
export function parseKid(text: string): string {
  const signs = text.toUpperCase().replaceAll(/[\s-]/g, "");
  if (!/^[A-Z2-7]{30}$/.test(signs)) {
    const typed = JSON.stringify(text.slice(0, 60));
    throw new CliError(
      EXIT.failed,
      `${typed} is not a fingerprint such as MBTJV-DPXQT-57KKU-XJV3X-Z5JLB-ZNGVL; they are shown by: confirm keys show`,
    );
  }
  return signs.replaceAll(/.{5}(?=.)/g, "$&-");
}
