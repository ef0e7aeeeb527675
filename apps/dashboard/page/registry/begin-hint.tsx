const opening = {
  experiments: 'These experiments come with Ares.',
  run: 'Nothing is logged here yet.',
  model: 'No model is registered yet.',
} as const;

const LOG = `import mlflow

mlflow.set_experiment("first")
with mlflow.start_run():
    mlflow.log_metric("accuracy", 0.53)`;
const REGISTER = `import mlflow

mlflow.register_model("runs:/RUN_ID/model", "NAME")`;

/** How the first run or model gets here. */
export function BeginHint({ what }: { readonly what: keyof typeof opening }) {
  return (
    <div class="begin">
      <p>{opening[what]} Any MLflow client of versions 2 and 3 can begin:</p>
      <pre>
        <code>{`export MLFLOW_TRACKING_URI=${location.origin}\nexport MLFLOW_TRACKING_TOKEN=…`}</code>
      </pre>
      <pre>
        <code>{what === 'model' ? REGISTER : LOG}</code>
      </pre>
      <p class="muted">
        The token was shown when Ares was first started; <code>./ares token create NAME --role trainer</code> makes
        another one.
      </p>
    </div>
  );
}
