/** Says why a value is not valid; undefined where it is. */
export type Validator = (value: unknown) => string | undefined;
export declare function compileSchema(schema: object): {
  readonly root: Validator;
  /** That of one entry of `$defs`. */
  readonly definition: (name: string) => Validator;
};
