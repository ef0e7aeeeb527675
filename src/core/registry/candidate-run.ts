/** Characters of the model's name that a run id takes. */
const MAX_NAME = 80;

/**
 * The run under which a version stands among a slot's models: a name that people can type and find again.
 *
 * @param suffix tells it from a run of the same name, of a model that was deleted or has another name now
 * @example candidateRun('BTC trend', 3) === 'BTC-trend.v3'
 */
export function candidateRun(name: string, version: number, suffix = ''): string {
  const plain =
    name
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, MAX_NAME) || 'model';
  return `${plain}.v${version}${suffix === '' ? '' : `.${suffix}`}`;
}
