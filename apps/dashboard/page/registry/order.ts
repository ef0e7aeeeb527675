/** Sorted by which column, which way. */
export interface Order {
  readonly key: string;
  readonly descending: boolean;
}

/** As an address holds it: the key, with a minus in front for descending. */
export const parseOrder = (text: string): Order =>
  text.startsWith('-') ? { key: text.slice(1), descending: true } : { key: text, descending: false };

export const orderText = ({ key, descending }: Order): string => `${descending ? '-' : ''}${key}`;

/** The order after a column's heading was pressed: text begins ascending, figures and times with the highest. */
export function pressed(current: Order, key: string, isText: boolean): Order {
  return { key, descending: current.key === key ? !current.descending : !isText };
}

/** As MLflow's `order_by` takes it. */
export function orderClause({ key, descending }: Order): string {
  const dot = key.indexOf('.');
  const name = dot === -1 ? key : `${key.slice(0, dot)}.\`${key.slice(dot + 1)}\``;
  return `${name} ${descending ? 'DESC' : 'ASC'}`;
}
