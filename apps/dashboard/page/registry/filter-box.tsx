import type { TargetedEvent } from 'preact';
import { useId } from 'preact/hooks';
import { Problem } from './problem.tsx';

/** A box for a filter in MLflow's grammar; what the server has against it is shown under it. */
export function FilterBox({
  label,
  example,
  filter,
  problem,
  onFilter,
}: {
  readonly label: string;
  readonly example: string;
  readonly filter: string;
  readonly problem: string | undefined;
  readonly onFilter: (filter: string) => void;
}) {
  const id = useId();
  const submit = (event: TargetedEvent<HTMLFormElement>) => {
    event.preventDefault();
    onFilter(String(new FormData(event.currentTarget).get('filter') ?? '').trim());
  };
  return (
    <search class="filter">
      <form onSubmit={submit}>
        <label for={id}>{label}</label>
        <input
          key={filter}
          id={id}
          name="filter"
          type="text"
          defaultValue={filter}
          placeholder={example}
          spellcheck={false}
          autocomplete="off"
          autocapitalize="none"
          aria-invalid={problem !== undefined}
          aria-describedby={`${id}-problem`}
        />
        <button type="submit">Filter</button>
        {filter !== '' && (
          <button type="button" class="quiet" onClick={() => onFilter('')}>
            Show all
          </button>
        )}
      </form>
      {problem !== undefined && <Problem id={`${id}-problem`}>{problem}</Problem>}
    </search>
  );
}
