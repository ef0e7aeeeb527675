import * as z from 'zod';
import { messageOf } from '../../core/ares-error.ts';
import type { Exchange, ReplaceOutcome } from '../../core/ports/exchange.ts';
import type { ApprovedOrder } from '../../core/risk/approved-order.ts';
import { ExchangeAnswer, UNCERTAIN_CODES } from './exchange-answer.ts';
import { REPLACE, replaceRequest } from './order-request.ts';
import { cancelledReport, fillsOfAnswer, orderReport } from './order-shapes.ts';
import { namesDuplicate, refusalOf, type SendOnce } from './send-once.ts';

const RATE_LIMIT_CODE = '-1015';

const part = z.object({ code: z.union([z.number(), z.string()]).transform(String), msg: z.string().default('') });
const parts = z.object({
  cancelResult: z.enum(['SUCCESS', 'FAILURE']),
  newOrderResult: z.enum(['SUCCESS', 'FAILURE', 'NOT_ATTEMPTED']),
  cancelResponse: z.unknown(),
  newOrderResponse: z.unknown(),
});

/** Cancels one order and places another in one request; the exchange does both or the first or neither, and says of each what became of it. */
export function createReplace(sendOnce: SendOnce): Exchange['replace'] {
  return async (cancelId, order) => {
    const sent = await sendOnce(REPLACE, order.symbol, (marketId) => replaceRequest(cancelId, order, marketId));
    try {
      if (sent.sent === 'answered') return outcomeOf(parts.parse(sent.raw), cancelId, order);
      const { failure } = { failure: undefined, ...sent };
      if (failure instanceof ExchangeAnswer && failure.facts.parts?.cancelResult !== undefined)
        return outcomeOf(parts.parse(failure.facts.parts), cancelId, order);
    } catch (error) {
      return { outcome: 'unknown', reason: `the answer is not what the exchange documents: ${messageOf(error)}` };
    }
    // The exchange checks the whole request before it cancels: refused without parts, the old order rests as it did.
    const refusal = refusalOf(sent);
    return refusal.outcome === 'unknown' ? refusal : { ...refusal, outcome: 'kept' };
  };
}

function outcomeOf(answer: z.infer<typeof parts>, cancelId: string, order: ApprovedOrder): ReplaceOutcome {
  const { cancelResult, newOrderResult, cancelResponse, newOrderResponse } = answer;
  if (cancelResult === 'FAILURE') {
    const { code, msg } = part.parse(cancelResponse);
    if (newOrderResult !== 'NOT_ATTEMPTED') {
      return {
        outcome: 'unknown',
        reason: `the new order was tried although the old was not cancelled: ${msg} (${code})`,
      };
    }
    if (UNCERTAIN_CODES.has(code)) return { outcome: 'unknown', reason: `cancelling: ${msg} (${code})` };
    return { outcome: 'kept', code, reason: msg };
  }
  const cancelled = cancelledReport(order.symbol, cancelResponse, cancelId);
  if (newOrderResult === 'SUCCESS') {
    const report = orderReport(order.symbol, newOrderResponse);
    return { outcome: 'replaced', cancelled, report, fills: fillsOfAnswer(report, newOrderResponse) };
  }
  const { code, msg } = part.parse(newOrderResponse);
  if (UNCERTAIN_CODES.has(code) || namesDuplicate(msg))
    return { outcome: 'unknown', reason: `placing after the cancel: ${msg} (${code})` };
  return { outcome: 'cancelled_only', cancelled, code: code === RATE_LIMIT_CODE ? 'RATE_LIMITED' : code, reason: msg };
}
