/** Tables and numbers for people. */

/** Lines of a table: the first column left, the others right. */
export function table(head, rows) {
  const all = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const line = (row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join("  ");
  const [first, ...others] = all.map(line);
  return [first, widths.map((width) => "-".repeat(width)).join("  "), ...others];
}

/** A number with so many digits after the point; a dash where there is none. */
export function digits(value, after = 0) {
  if (value === undefined) return "-";
  return value.toLocaleString("en-US", { minimumFractionDigits: after, maximumFractionDigits: after });
}

/** "median (min to max)" of a spread. */
export function withRange({ median, min, max }, after = 0) {
  return `${digits(median, after)} (${digits(min, after)} to ${digits(max, after)})`;
}
