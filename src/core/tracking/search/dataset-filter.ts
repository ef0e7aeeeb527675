/** A data set that a logged model's metrics must be about; without a digest, any version of it. */
export interface DatasetFilter {
  readonly dataset_name: string;
  readonly dataset_digest?: string | undefined;
}
