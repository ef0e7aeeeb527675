/** Attributes of logged models that are numbers, by their canonical names. */
export const LOGGED_MODEL_NUMBERS: readonly string[] = ['creation_timestamp', 'last_updated_timestamp'];

export const LOGGED_MODEL_ATTRIBUTES: readonly string[] = [
  'name',
  'model_id',
  'model_type',
  'status',
  'source_run_id',
  'experiment_id',
  'artifact_location',
  'status_message',
  ...LOGGED_MODEL_NUMBERS,
];

const ALIASES: Readonly<Record<string, string>> = {
  creation_time: 'creation_timestamp',
  creation_timestamp_ms: 'creation_timestamp',
  last_updated_time: 'last_updated_timestamp',
  last_updated_timestamp_ms: 'last_updated_timestamp',
};

/** The canonical name where another was written. */
export function loggedModelKey(written: string): string {
  return Object.hasOwn(ALIASES, written) ? (ALIASES[written] ?? written) : written;
}
