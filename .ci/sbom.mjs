/**
 * The bill of materials of a package, as CycloneDX 1.6. It has no serial number and no time: the same package has the same
 * bill, whoever makes it.
 */

/** @param parties what `third-parties.mjs` found */
export function billOfMaterials({ name, version, license, description }, parties) {
  const own = { type: "application", name, version, license, description };
  const components = parties.map(component);
  const known = new Map(parties.map((party, index) => [party.name, components[index]["bom-ref"]]));
  const needed = new Set(parties.flatMap(({ needs }) => needs));
  const direct = parties.filter((party) => !needed.has(party.name));
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { lifecycles: [{ phase: "build" }], component: component(own) },
    components,
    dependencies: [
      { ref: refOf(own), dependsOn: direct.map(refOf) },
      ...parties.map((party) => ({ ref: refOf(party), dependsOn: party.needs.flatMap((one) => known.get(one) ?? []) })),
    ],
  };
}

function component({ type, name, version, license, description, homepage, integrity }) {
  return {
    type,
    "bom-ref": refOf({ type, name, version }),
    name,
    version,
    ...(description === undefined ? {} : { description }),
    ...(integrity === undefined ? {} : { hashes: [hash(integrity)] }),
    licenses: [license.includes(" ") ? { expression: license } : { license: { id: license } }],
    ...(type === "data" ? {} : { purl: refOf({ type, name, version }) }),
    ...(homepage === undefined ? {} : { externalReferences: [{ type: "website", url: homepage }] }),
  };
}

function refOf({ type, name, version }) {
  return type === "data" ? `${name} ${version}` : `pkg:npm/${name}@${version}`;
}

/** npm's `sha512-BASE64` of the package as it is in the registry. */
function hash(integrity) {
  const [, digest] = /^sha512-(.+)$/.exec(integrity);
  return { alg: "SHA-512", content: Buffer.from(digest, "base64").toString("hex") };
}
