export interface Row {
  readonly line: number;
  /** Whether each of its cells says something. */
  readonly whole: boolean;
  readonly section: string;
  readonly defines: string;
  readonly members: string;
  readonly file: string;
  readonly name: string;
  readonly test: string;
}
export declare function readRows(): readonly Row[];
export declare function tryRow(row: Row): Promise<{ readonly failed: boolean; readonly text: string }>;
export declare function draw(rows: readonly Row[], count: number, seed: number): readonly Row[];
