/** One `order_by` entry of logged-models/search. */
export interface LoggedModelOrder {
  readonly field_name?: string | undefined;
  /** True when left out. */
  readonly ascending?: boolean | undefined;
  /** Only values measured on this data set count. */
  readonly dataset_name?: string | undefined;
  readonly dataset_digest?: string | undefined;
}
