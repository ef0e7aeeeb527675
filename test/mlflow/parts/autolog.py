"""Autologging of scikit-learn and LightGBM: what a researcher gets without a line of tracking."""

import os

import numpy

import mlflow

from steps import step

#: Measured while fitting, so chance decides it.
CHANCE = ("time", "size")


def _plain(s, run):
    got = s.client.get_run(run)
    return {
        "name": got.info.run_name is not None,
        "status": got.info.status,
        "metrics": {key: round(value, 6) for key, value in sorted(got.data.metrics.items()) if not any(word in key for word in CHANCE)},
        "params": dict(sorted(got.data.params.items())),
        "tags": sorted(got.data.tags),
        "inputs": sorted([i.dataset.source_type, i.dataset.digest] for i in got.inputs.dataset_inputs),
        "artifacts": sorted(entry.path for entry in s.client.list_artifacts(run)),
    }


def _data():
    random = numpy.random.default_rng(7)
    rows = random.normal(size=(200, 4))
    return rows, (rows[:, 0] + random.normal(size=200) > 0).astype(int)


def _settings():
    # What the model needs is known here; guessing it would import everything again in a process of its own.
    os.environ["MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT"] = "1"


@step("autolog: a scikit-learn fit is logged with params, metrics, data and model", order="counted")
def sklearn(s):
    from sklearn.linear_model import LogisticRegression

    _settings()
    rows, labels = _data()
    mlflow.set_experiment("autolog")
    mlflow.sklearn.autolog(silent=True)
    try:
        with mlflow.start_run(run_name="logistic") as run:
            model = LogisticRegression(C=0.5, max_iter=50).fit(rows, labels)
            model.score(rows, labels)
    finally:
        mlflow.sklearn.autolog(disable=True, silent=True)
    back = mlflow.sklearn.load_model(f"runs:/{run.info.run_id}/model") if s.major < 3 else mlflow.sklearn.load_model(s.client.get_run(run.info.run_id).outputs and f"models:/{s.client.get_run(run.info.run_id).outputs.model_outputs[0].model_id}")
    assert (back.predict(rows) == model.predict(rows)).all()
    return _plain(s, run.info.run_id)


@step("autolog: a search over parameters makes nested runs", order="counted")
def grid(s):
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV

    _settings()
    rows, labels = _data()
    mlflow.set_experiment("autolog")
    mlflow.sklearn.autolog(silent=True, log_models=False, max_tuning_runs=3)
    try:
        with mlflow.start_run(run_name="grid") as run:
            GridSearchCV(LogisticRegression(max_iter=20), {"C": [0.1, 1.0, 10.0]}, cv=2).fit(rows, labels)
    finally:
        mlflow.sklearn.autolog(disable=True, silent=True)
    children = mlflow.search_runs(filter_string=f"tags.mlflow.parentRunId = '{run.info.run_id}'", order_by=["params.C"], output_format="list")
    return [_plain(s, run.info.run_id), sorted([c.data.params["C"], round(c.data.metrics["mean_test_score"], 6)] for c in children)]


@step("autolog: a LightGBM training is logged with the history of its metric", order="counted")
def lightgbm(s):
    import lightgbm as lgb

    _settings()
    rows, labels = _data()
    mlflow.set_experiment("autolog")
    mlflow.lightgbm.autolog(silent=True)
    try:
        with mlflow.start_run(run_name="boosted") as run:
            train = lgb.Dataset(rows[:150], labels[:150])
            params = {"objective": "binary", "num_leaves": 4, "verbose": -1, "num_threads": 1, "metric": "binary_logloss", "deterministic": True, "seed": 1}
            lgb.train(params, train, num_boost_round=20, valid_sets=[lgb.Dataset(rows[150:], labels[150:], reference=train)], valid_names=["valid"])
    finally:
        mlflow.lightgbm.autolog(disable=True, silent=True)
    history = s.client.get_metric_history(run.info.run_id, "valid-binary_logloss")
    assert [m.step for m in history] == list(range(20))
    return [_plain(s, run.info.run_id), [round(m.value, 6) for m in history]]
