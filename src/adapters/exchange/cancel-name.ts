const SUFFIX = ':c';
const LONGEST_ID = 36;

/**
 * The id a cancellation is sent under. Binance puts it in place of the cancelled order's own, so that no id of the exchange's making may stand there: the
 * order would be nobody's in every later answer.
 *
 * @returns undefined when there is no room for it
 */
export const cancelName = (clientOrderId: string): string | undefined =>
  clientOrderId.length + SUFFIX.length > LONGEST_ID ? undefined : clientOrderId + SUFFIX;

/** The id that an order was placed under, from the one it goes by after its cancellation. */
export const placedName = (clientOrderId: string): string =>
  clientOrderId.endsWith(SUFFIX) ? clientOrderId.slice(0, -SUFFIX.length) : clientOrderId;
