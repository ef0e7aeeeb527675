import type { SlotId } from '../../src/core/models/slot.ts';
import type { Exchange } from '../../src/core/ports/exchange.ts';
import type { Predictor } from '../../src/core/ports/predictor.ts';
import { parseClientOrderId } from '../../src/core/trading/client-order-id.ts';
import type { TradingJournal } from '../../src/core/trading/trading-journal.ts';
import type { ForcingDriver } from './forcing-driver.ts';
import type { Sample } from './sample.ts';

/** Stamps when a prediction came. */
export function watchPredictor(predictor: Predictor, driver: ForcingDriver): Predictor {
  return {
    ...predictor,
    predict(row) {
      const sample = driver.current();
      const stamp = (probability: number): number => {
        // A rehearsal after the decision predicts too.
        if (sample?.predictedAt === 0) sample.predictedAt = performance.now();
        return probability;
      };
      const answer = predictor.predict(row);
      return typeof answer === 'number' ? stamp(answer) : answer.then(stamp);
    },
  };
}

/**
 * Stamps when an order was handed to the exchange's adapter, and when its bytes went out.
 *
 * Only a decision's first order is measured: what a partial fill left over is sent again when the answer is here, and comes from no frame of the market.
 */
export function watchSubmit(
  exchange: Exchange,
  slot: SlotId,
  driver: ForcingDriver,
  writtenAt: () => number,
  keep: (sample: Sample) => void,
  fail: (reason: string) => void,
): Exchange['submit'] {
  return async (order) => {
    if (parseClientOrderId(slot, order.clientOrderId)?.attempt !== 0) return exchange.submit(order);
    const sample = driver.current() as Sample;
    sample.submittedAt = performance.now();
    const answer = exchange.submit(order);
    // A socket is written to before `submit` returns; a request by REST is on its way only later, and was written last before its answer.
    sample.writtenAt = writtenAt();
    const outcome = await answer;
    if (sample.writtenAt < sample.submittedAt) sample.writtenAt = writtenAt();
    if (outcome.outcome === 'acknowledged') keep(sample);
    else fail(`${outcome.outcome}: ${outcome.reason}`);
    return outcome;
  };
}

/** Decisions on bars that are still open are nobody's history: only those that wanted an order are journalled. */
export function journalOrders(journal: TradingJournal, fail: (reason: string) => void): TradingJournal {
  return {
    ...journal,
    decision(decision, inputs) {
      if (decision.action === 'refused') fail(`refused: ${decision.reason}`);
      if (decision.action !== 'none') journal.decision(decision, inputs);
    },
  };
}
