import type { RunColumn } from './run-columns.ts';

const kinds = [
  ['metrics', 'Metrics'],
  ['params', 'Parameters'],
] as const;

/** Which metrics and parameters the table shows. */
export function ColumnChoice({
  columns,
  onChoose,
}: {
  readonly columns: readonly RunColumn[];
  readonly onChoose: (id: string, shown: boolean) => void;
}) {
  const shown = columns.filter((column) => column.shown).length;
  return (
    <details class="columns">
      <summary>
        Columns ({shown} of {columns.length})
      </summary>
      {kinds.map(([kind, title]) => {
        const own = columns.filter((column) => column.kind === kind);
        return (
          own.length > 0 && (
            <fieldset key={kind}>
              <legend>{title}</legend>
              {own.map((column) => (
                <label key={column.id}>
                  <input
                    type="checkbox"
                    checked={column.shown}
                    onChange={(event) => onChoose(column.id, event.currentTarget.checked)}
                  />
                  {column.key}
                </label>
              ))}
            </fieldset>
          )
        );
      })}
    </details>
  );
}
