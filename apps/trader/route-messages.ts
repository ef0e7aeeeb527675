import type { StreamMessage } from '../../src/core/ports/exchange.ts';
import { parseClientOrderId } from '../../src/core/trading/client-order-id.ts';
import type { TradingEngine } from '../../src/core/trading/engine.ts';
import type { Line } from './start-line.ts';

/**
 * Hands each message of a slot's stream to the lines it is for: the market's by symbol, orders and fills by the tag of their client id, and what concerns
 * the connection to all.
 *
 * @param onAccountNews called when balances may have changed in a way that no order tells
 */
export function routeMessages(
  lines: readonly (Pick<Line, 'id' | 'symbol'> & { readonly engine: Pick<TradingEngine, 'accept'> })[],
  onAccountNews: () => void,
): (message: StreamMessage) => void {
  const bySymbol = new Map(lines.map((line) => [line.symbol, line]));
  return (message) => {
    switch (message.kind) {
      case 'candle':
      case 'trade':
      case 'book-top':
        bySymbol.get(message.symbol)?.engine.accept(message);
        return;
      case 'order': {
        const line = bySymbol.get(message.report.symbol);
        // Another slot's, or nobody's: not this line's to judge.
        if (line && parseClientOrderId(line.id, message.report.clientOrderId)) line.engine.accept(message);
        return;
      }
      case 'fill': {
        const line = bySymbol.get(message.fill.symbol);
        const id = message.fill.clientOrderId;
        if (line && (id === undefined || parseClientOrderId(line.id, id))) line.engine.accept(message);
        return;
      }
      case 'connection':
        for (const { engine } of lines) engine.accept(message);
        if (message.channel === 'account' && message.state === 'up') onAccountNews();
        return;
      case 'balance-change':
        onAccountNews();
    }
  };
}
