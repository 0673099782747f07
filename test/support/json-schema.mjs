/** JSON Schema 2020-12 by ajv, which shares nothing with our shapes; formats are left to patterns. */
import Ajv from "ajv/dist/2020.js";

/** Compiles a schema at ajv's strictest; a schema that is none throws. */
export function compileSchema(schema) {
  const ajv = new Ajv.default({ strict: true, strictRequired: false, validateFormats: false, allErrors: false });
  ajv.addSchema(schema);
  const validator = (pointer) => {
    const validate = ajv.getSchema(`${schema.$id}${pointer}`);
    if (validate === undefined) throw new Error(`The schema has no ${pointer}.`);
    return (value) => (validate(value) ? undefined : ajv.errorsText(validate.errors));
  };
  return { root: validator("#"), definition: (name) => validator(`#/$defs/${name}`) };
}
