/** What MLflow's servers have and Ares has not, by the first word of the path that names it. */
const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/(^|\/)(traces?|tracing|get-trace-artifact|v1)(\/|:|$)/, 'traces'],
  [/(^|\/)assessments?(\/|$)/, 'assessments of traces'],
  [/(^|\/)gateway(-proxy)?(\/|$)/, 'the AI gateway'],
  [/(^|\/)scorers?(\/|$)|online-scoring/, 'scorers'],
  [/(^|\/)(prompts?|prompt-optimization|runs\/create-promptlab-run)(\/|$)/, 'prompts'],
  [/(^|\/)webhooks?(\/|$)/, 'webhooks'],
  [
    /(^|\/)(datasets|genai|genai-evaluate|review-queues|label-schemas|issues|demo|jobs|mcp-servers?)(\/|$)/,
    'the evaluation of GenAI',
  ],
  [/(^|\/)(users|permissions|roles)(\/|$)|(^|\/)permissions/, "MLflow's own users and permissions"],
  [/(^|\/)workspaces?(\/|$)/, 'workspaces'],
  [/(^|\/)(graphql|ui-telemetry)(\/|$)/, "the interface of MLflow's own pages"],
];

/**
 * The family of a path of MLflow's that Ares does not offer, in words; `undefined` when it is of none that is known.
 *
 * @param path after the version: `mlflow/traces/search`
 */
export function notOffered(path: string): string | undefined {
  return FAMILIES.find(([pattern]) => pattern.test(path))?.[1];
}
