import { keys } from '../ledger-keys.ts';
import type { LedgerReader } from '../ports/ledger.ts';
import { type LoggedModelMetric, loggedModelMetricSchema } from './logged-model.ts';

const PAGE = 1_000;
/** After every character that a metric's name may begin with. */
const LAST = '\u{10ffff}';

const asRecorded = (a: LoggedModelMetric, b: LoggedModelMetric): number =>
  a.recordedAt - b.recordedAt || a.position - b.position;

/** The metrics of the experiment's logged models, or of one, in the order in which they came, by model id. */
export async function readLoggedModelMetrics(
  ledger: LedgerReader,
  experimentId: string,
  modelId?: string,
): Promise<ReadonlyMap<string, readonly LoggedModelMetric[]>> {
  const { table, pk, sk } = keys.loggedModelMetric(experimentId, modelId ?? '');
  const range = modelId === undefined ? {} : { from: sk, to: `${sk}${LAST}` };
  const byModel = new Map<string, LoggedModelMetric[]>();
  let after: string | undefined;
  do {
    const page = await ledger.query({ table, pk, ...range, limit: PAGE, ...(after ? { after } : {}) });
    for (const { key, value } of page.items) {
      const id = key.sk.slice(0, key.sk.indexOf('#'));
      const metrics = byModel.get(id) ?? [];
      metrics.push(loggedModelMetricSchema.parse(value));
      byModel.set(id, metrics);
    }
    after = page.next;
  } while (after !== undefined);
  for (const metrics of byModel.values()) metrics.sort(asRecorded);
  return byModel;
}
