import { Card } from '../card.tsx';
import { ScrollRegion } from '../scroll-region.tsx';
import type { Pair } from './mlflow-types.ts';

/** Names and values. */
export function PairTable({
  title,
  pairs,
  none,
}: {
  readonly title: string;
  readonly pairs: readonly Pair[];
  readonly none: string;
}) {
  return (
    <Card title={title} aside={pairs.length > 0 && <span class="muted">{pairs.length}</span>}>
      {pairs.length === 0 ? (
        <p class="empty">{none}</p>
      ) : (
        <ScrollRegion label={title} kind="table">
          <table class="pair-table">
            <tbody>
              {pairs.map(({ key, value }) => (
                <tr key={key}>
                  <th scope="row">{key}</th>
                  <td>{value}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
    </Card>
  );
}
