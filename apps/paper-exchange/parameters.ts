import { type Decimal, decimal } from '../../src/core/trading/money.ts';
import { badRequest } from './api-error.ts';

/** A request's parameters as text, wherever they came from: query, form or socket message. */
export type Parameters = Readonly<Record<string, string>>;

const missing = (name: string) =>
  badRequest(-1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`);

const illegal = (name: string, range: string) =>
  badRequest(-1100, `Illegal characters found in parameter '${name}'; legal range is '${range}'.`);

/** @throws ApiError -1102 */
export function requiredText(parameters: Parameters, name: string): string {
  const value = parameters[name];
  if (value === undefined || value === '') throw missing(name);
  return value;
}

/** @throws ApiError -1100 */
export function optionalInteger(parameters: Parameters, name: string): number | undefined {
  const value = parameters[name];
  if (value === undefined || value === '') return undefined;
  if (!/^\d{1,19}$/.test(value)) throw illegal(name, '^[0-9]{1,20}$');
  return Number(value);
}

/** @throws ApiError -1102, -1100 */
export function requiredInteger(parameters: Parameters, name: string): number {
  requiredText(parameters, name);
  return optionalInteger(parameters, name) as number;
}

/** @throws ApiError -1100 for what is no number, -1111 for more than eight decimals */
export function optionalDecimal(parameters: Parameters, name: string): Decimal | undefined {
  const value = parameters[name];
  if (value === undefined || value === '') return undefined;
  const match = /^\d{1,20}(?:\.(\d{1,20}))?$/.exec(value);
  if (!match) throw illegal(name, '^([0-9]{1,20})(\\.[0-9]{1,20})?$');
  if ((match[1]?.replace(/0+$/, '').length ?? 0) > 8)
    throw badRequest(-1111, `Parameter '${name}' has too much precision.`);
  return decimal(value);
}

/** @throws ApiError -1102, -1100, -1111 */
export function requiredDecimal(parameters: Parameters, name: string): Decimal {
  requiredText(parameters, name);
  return optionalDecimal(parameters, name) as Decimal;
}

/** How many rows to answer with. */
export function limitOf(parameters: Parameters, standard: number, most: number): number {
  const limit = optionalInteger(parameters, 'limit') ?? standard;
  if (limit < 1) throw badRequest(-1130, "Data sent for parameter 'limit' is not valid.");
  return Math.min(limit, most);
}
