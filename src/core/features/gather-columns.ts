/**
 * Picks columns of one or many rows.
 *
 * @param rows row after row, `width` values each
 * @param columns which columns to take, in the order of the result
 * @param into where to write; by default a new array, row after row with `columns.length` values each
 */
export function gatherColumns(
  rows: Float32Array,
  width: number,
  columns: readonly number[],
  into: Float32Array = new Float32Array((rows.length / width) * columns.length),
): Float32Array {
  let at = 0;
  for (let start = 0; start < rows.length; start += width) {
    for (let i = 0; i < columns.length; i += 1) {
      into[at] = rows[start + (columns[i] as number)] as number;
      at += 1;
    }
  }
  return into;
}
