import { links } from './links.ts';

/** More lines than this cannot be told apart. */
const MOST = 12;

/** What is selected, and the way to its comparison. */
export function SelectionBar({
  selected,
  onClear,
}: {
  readonly selected: readonly string[];
  readonly onClear: () => void;
}) {
  const count = selected.length;
  const comparable = count >= 2 && count <= MOST;
  const advice =
    count === 0
      ? 'Select two runs or more to compare them.'
      : count === 1
        ? '1 run selected; select another to compare.'
        : count > MOST
          ? `${count} runs selected; at most ${MOST} can be compared.`
          : `${count} runs selected.`;
  return (
    <p class="selection">
      <span role="status" class="muted">
        {advice}
      </span>
      {comparable && (
        <a class="button" href={links.compare(selected)}>
          Compare {count} runs
        </a>
      )}
      {count > 0 && (
        <button type="button" class="quiet" onClick={onClear}>
          Select none
        </button>
      )}
    </p>
  );
}
