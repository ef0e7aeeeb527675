"""Trains LightGBM on candles with the features Ares computes, and registers it where Ares takes it up.

    MLFLOW_TRACKING_URI=http://127.0.0.1:4100 MLFLOW_TRACKING_TOKEN=… python train.py

Nothing looks ahead: features use closed bars, a label looks `horizon` bars further but never over the border of its part, the first 40 % of the candles teach, the
next 10 % measure, and the rest is not touched, because that is what `npm start` trades.
"""

import argparse
import json
from pathlib import Path

import lightgbm
import mlflow
import numpy as np
import onnxruntime
import pandas as pd
from onnxmltools import convert_lightgbm
from onnxmltools.convert.common.data_types import FloatTensorType

from features import BAR_MS, compute_features

HERE = Path(__file__).resolve().parent
BUNDLED = HERE.parent.parent / "apps/paper-exchange/market/BTC-USDT-1m-202201.csv.gz"
TOLERANCE = 1e-6
TRAIN_SHARE, MEASURE_SHARE = 0.4, 0.1
INPUT, OUTPUT = "input", "probabilities"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--candles", default=BUNDLED, help="CSV with ts_ms,open,high,low,close,volume, one minute a line")
    parser.add_argument("--slot", default="paper:trend:BTC/USDT:1m", help="what the model is to trade")
    parser.add_argument("--model", default="lightgbm-trend", help="name in the registry")
    parser.add_argument("--horizon", type=int, default=5, help="bars between a bar and the close its label looks at")
    parser.add_argument("--trees", type=int, default=60)
    parser.add_argument("--leaves", type=int, default=8)
    parser.add_argument("--rate", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--check-only", action="store_true", help="compare the features with the golden ones, and nothing else")
    return parser.parse_args()


def read_candles(path):
    table = pd.read_csv(path)
    return {name: table[name].to_numpy() for name in ("ts_ms", "open", "high", "low", "close", "volume")}


def check_features(schema):
    """The features of this program must be those Ares computes, on the candles Ares comes with."""
    golden = pd.read_csv(HERE / "golden.csv")
    candles = read_candles(BUNDLED)
    rows, table = compute_features(candles)
    names = schema["required"]
    if list(golden.columns[1:]) != names or set(table) != set(names):
        raise SystemExit(f"the features must be {names}, were {sorted(table)}")
    at = np.searchsorted(candles["ts_ms"], golden["ts_ms"])
    if not np.isin(at, rows).all():
        raise SystemExit("every golden row must be computed, some were not")
    for name in names:
        wanted = golden[name].to_numpy()
        worst = np.max(np.abs(table[name][at] - wanted) / np.maximum(1, np.abs(wanted)))
        if not worst <= TOLERANCE:
            raise SystemExit(f"{name} must be equal to Ares' to {TOLERANCE}, differed by {worst}")
    return len(golden), len(names)


def label(candles, rows, horizon, since, until):
    """Rows that open at `since` or later and whose label's bar closes by `until`, and whether the close rose."""
    times, close = candles["ts_ms"], candles["close"]
    later = np.minimum(rows + horizon, len(times) - 1)
    known = times[later] - times[rows] == horizon * BAR_MS
    inside = (times[rows] >= since) & (times[later] + BAR_MS <= until)
    kept = rows[known & inside]
    return kept, (close[kept + horizon] > close[kept]).astype(int)


def sign(model, schema, names, options, candles, rows, matrix):
    """Writes into the model what it is: features in order, what it predicts, what it has seen, and a few predictions to try it by."""
    runtime = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    samples = matrix[np.linspace(0, len(matrix) - 1, 8).astype(int)]
    predictions = runtime.run([OUTPUT], {INPUT: samples})[0][:, 1]
    times = candles["ts_ms"]
    signature = {
        "format": 1,
        "featureSet": {"name": schema["x-ares"]["featureSet"], "version": schema["x-ares"]["version"]},
        "features": names,
        "input": INPUT,
        "output": OUTPUT,
        "target": "close_up",
        "horizon": options.horizon,
        "timeframe": "1m",
        "trainingWindow": {"from": int(times[rows[0]]), "to": int(times[rows[-1] + options.horizon])},
        "golden": [{"row": [float(v) for v in row], "prediction": float(p)} for row, p in zip(samples, predictions)],
    }
    entry = model.metadata_props.add()
    entry.key, entry.value = "ares.signature", json.dumps(signature)
    return runtime


def main():
    options = arguments()
    schema = json.loads((HERE / "features.schema.json").read_text())
    names = schema["required"]
    checked, width = check_features(schema)
    print(f"{checked} golden rows of {width} features are equal to {TOLERANCE}")
    if options.check_only:
        return

    candles = read_candles(options.candles)
    rows, table = compute_features(candles)
    matrix = np.column_stack([table[name] for name in names]).astype(np.float32)
    times = candles["ts_ms"]
    train_until = times[int(len(times) * TRAIN_SHARE)]
    measure_until = times[int(len(times) * (TRAIN_SHARE + MEASURE_SHARE))]
    taught, taught_labels = label(candles, rows, options.horizon, times[0], train_until)
    measured, measured_labels = label(candles, rows, options.horizon, train_until, measure_until)

    params = {"num_leaves": options.leaves, "learning_rate": options.rate, "n_estimators": options.trees, "min_child_samples": 300, "subsample": 0.8, "subsample_freq": 1, "colsample_bytree": 0.8, "reg_lambda": 1.0}
    fitted = lightgbm.LGBMClassifier(**params, random_state=options.seed, n_jobs=1, deterministic=True, verbose=-1).fit(matrix[taught], taught_labels)
    model = convert_lightgbm(fitted, initial_types=[(INPUT, FloatTensorType([None, len(names)]))], target_opset=15, zipmap=False)
    runtime = sign(model, schema, names, options, candles, taught, matrix[taught])

    # Measured as it will be used: by the ONNX model, not by LightGBM.
    predicted = runtime.run([OUTPUT], {INPUT: matrix[measured]})[0][:, 1].astype(float)
    likelihood = np.where(measured_labels == 1, predicted, 1 - predicted)
    metrics = {
        "accuracy": float(np.mean((predicted > 0.5) == (measured_labels == 1))),
        "log_loss": float(-np.mean(np.log(np.maximum(likelihood, 1e-15)))),
        "up_share": float(np.mean(measured_labels)),
    }
    evaluation = {"from": int(times[measured[0]]), "to": int(times[measured[-1]]), "rows": len(measured)}
    print(f"trained on {len(taught)} rows, measured on {len(measured)}: " + ", ".join(f"{name} {value:.4f}" for name, value in metrics.items()))

    register(options, model, params, metrics, evaluation)


def register(options, model, params, metrics, evaluation):
    client = mlflow.MlflowClient()
    mlflow.set_experiment("bring-your-own-model")
    with mlflow.start_run(run_name=options.model) as run:
        mlflow.log_params({**params, "horizon": options.horizon, "seed": options.seed})
        mlflow.log_metrics(metrics)
        # The gate compares models by what they did on the same bars, so it must know which these were.
        mlflow.set_tag("ares.evaluation", json.dumps(evaluation))
        info = mlflow.onnx.log_model(model, name="model", save_as_external_data=False, pip_requirements=["onnxruntime"])
    bound = client.search_registered_models(f"name = '{options.model}'")
    if not bound:
        client.create_registered_model(options.model, tags={"ares.slot": options.slot})
    version = mlflow.register_model(info.model_uri, options.model)
    print(f"run {run.info.run_id}: {options.model} version {version.version} is a candidate of {options.slot}")


if __name__ == "__main__":
    main()
