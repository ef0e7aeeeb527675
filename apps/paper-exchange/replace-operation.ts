import type { Refusal, VenueOrder } from '../../src/core/simulation/venue-order.ts';
import { answerDetail } from './account-operations.ts';
import { ApiError, badRequest } from './api-error.ts';
import { type Market, type Operation, requireMarket } from './operations.ts';
import { cancelledAnswer, placedAnswer } from './order-answers.ts';
import { newClientId, orderDraft, refusalError } from './order-request.ts';
import { optionalInteger, type Parameters, requiredText } from './parameters.ts';

const UNKNOWN = { code: -2011, msg: 'Unknown order sent.' };

function openOrder(parameters: Parameters, { venue }: Market): VenueOrder | undefined {
  const id = optionalInteger(parameters, 'cancelOrderId');
  const clientId = parameters.cancelOrigClientOrderId;
  if (id === undefined && !clientId) {
    throw badRequest(
      -1102,
      "Param 'cancelOrigClientOrderId' or 'cancelOrderId' must be sent, but both were empty/null!",
    );
  }
  const order =
    id === undefined ? venue.openOrder(clientId as string) : venue.openOrders().find((each) => each.id === id);
  return clientId && order?.clientOrderId !== clientId ? undefined : order;
}

const isRefusal = (placed: object): placed is Refusal => 'outcome' in placed;

function errorOf(refusal: Refusal) {
  const { apiCode, message } = refusalError(refusal);
  return { code: apiCode, msg: message };
}

/** Cancels one order and places another in one request, as Binance's `cancelReplace`. */
export const replaceOperations = {
  'order.cancelReplace': {
    weight: 1,
    security: 'signed',
    run(parameters, context) {
      const market = requireMarket(parameters, context);
      const { symbolId } = market;
      const mode = requiredText(parameters, 'cancelReplaceMode');
      if (mode !== 'STOP_ON_FAILURE' && mode !== 'ALLOW_FAILURE') {
        throw badRequest(-1102, "Mandatory parameter 'cancelReplaceMode' was not sent, was empty/null, or malformed.");
      }
      const detail = answerDetail(parameters);
      const draft = orderDraft(parameters);
      const old = openOrder(parameters, market);
      const cancelId = parameters.cancelNewClientOrderId || newClientId();
      const always = mode === 'ALLOW_FAILURE';
      const { cancelled, placed } = context.desk.replace(market, old?.id, draft, cancelId, always);
      const wasPlaced = placed !== undefined && !isRefusal(placed);
      const body = {
        cancelResult: cancelled ? 'SUCCESS' : 'FAILURE',
        newOrderResult: placed === undefined ? 'NOT_ATTEMPTED' : wasPlaced ? 'SUCCESS' : 'FAILURE',
        cancelResponse: cancelled ? cancelledAnswer(cancelled, symbolId, cancelId) : UNKNOWN,
        newOrderResponse:
          placed === undefined
            ? null
            : isRefusal(placed)
              ? errorOf(placed)
              : placedAnswer(placed.order, placed.trades, symbolId, detail),
      };
      if (cancelled && wasPlaced) return body;
      if (cancelled || wasPlaced)
        throw new ApiError(409, -2021, 'Order cancel-replace partially failed.', undefined, body);
      throw new ApiError(400, -2022, 'Order cancel-replace failed.', undefined, body);
    },
  },
} as const satisfies Record<string, Operation>;
