/** Keys of one exchange account. Never logged, never put into an error, an event or an audit entry. */
export interface ExchangeKeys {
  readonly apiKey: string;
  readonly secret: string;
  readonly passphrase?: string;
}

export interface Secrets {
  /** @throws AresError `KEYS_MISSING` when none are stored for the account. */
  exchangeKeys(account: string): Promise<ExchangeKeys>;
}
