"""Logged models of MLflow 3: life, params, tags, search, artifacts, and what links them to runs."""

import os

import mlflow
from mlflow.entities import Metric

from steps import step

NEW = (3,)


def _plain(model):
    return {
        "name": model.name,
        "type": model.model_type,
        "status": str(model.status),
        "tags": {key: value for key, value in sorted(model.tags.items()) if not key.startswith("mlflow.")},
        "params": dict(sorted(model.params.items())),
        "metrics": sorted([m.key, repr(m.value), m.step, m.dataset_name, m.dataset_digest] for m in model.metrics or []),
        "with a run": bool(model.source_run_id),
    }


@step("logged models: one is created, finalised and read", versions=NEW)
def create(s):
    s.kept.model_experiment = s.client.create_experiment("logged models")
    run = s.kept.model_run = s.client.create_run(s.kept.model_experiment, run_name="source").info.run_id
    made = s.client.create_logged_model(
        s.kept.model_experiment, name="net", source_run_id=run, tags={"a": "b"}, params={"depth": "3"}, model_type="onnx"
    )
    s.kept.model = made.model_id
    seen = [_plain(made), _plain(s.client.get_logged_model(made.model_id)), made.artifact_location.endswith(f"models/{made.model_id}/artifacts")]
    seen.append(_plain(s.client.finalize_logged_model(made.model_id, "READY")))
    seen.append(_plain(s.client.finalize_logged_model(made.model_id, "FAILED")))
    unnamed = s.client.create_logged_model(s.kept.model_experiment)
    return [seen, bool(unnamed.name), _plain(s.client.get_logged_model(unnamed.model_id))["status"]]


@step("logged models: params, tags and metrics are added", versions=NEW)
def change(s):
    model = s.kept.model
    s.client.log_model_params(model, {"rate": "0.1", "empty": ""})
    s.client.set_logged_model_tags(model, {"c": "d", "a": "replaced"})
    s.client.delete_logged_model_tag(model, "c")
    s.client.log_metric(s.kept.model_run, "auc", 0.51, timestamp=7, step=1, model_id=model)
    s.client.log_batch(s.kept.model_run, metrics=[Metric("auc", 0.52, 8, 2, model_id=model, dataset_name="candles", dataset_digest="d1")])
    refused = [
        s.refused(lambda: s.client.delete_logged_model_tag(model, "absent")),
        s.refused(lambda: s.client.set_logged_model_tags("m-" + "0" * 32, {"a": "b"})),
        s.refused(lambda: s.client.get_logged_model("m-" + "0" * 32)),
    ]
    run = s.client.get_run(s.kept.model_run)
    history = [[m.step, m.value, bool(m.model_id)] for m in s.client.get_metric_history(s.kept.model_run, "auc")]
    return [_plain(s.client.get_logged_model(model)), refused, run.data.metrics, history]


@step("logged models: many params are kept, and the largest values", versions=NEW)
def many(s):
    made = s.client.create_logged_model(s.kept.model_experiment, name="many", params={f"p{i:03}": str(i) for i in range(250)})
    s.client.log_model_params(made.model_id, {"long": "v" * 6000})
    return [len(s.client.get_logged_model(made.model_id).params), len(s.client.get_logged_model(made.model_id).params["long"])]


@step("logged models: runs name them as inputs and outputs", versions=NEW)
def links(s):
    # Here, because the client of MLflow 2 has none.
    from mlflow.entities import LoggedModelInput, LoggedModelOutput

    run = s.client.create_run(s.kept.model_experiment, run_name="links").info.run_id
    other = s.client.create_logged_model(s.kept.model_experiment, name="other").model_id
    s.client.log_outputs(run, [LoggedModelOutput(s.kept.model, 3), LoggedModelOutput(other, 1)])
    s.client.log_inputs(run, models=[LoggedModelInput(s.kept.model)])
    got = s.client.get_run(run)
    assert {o.model_id for o in got.outputs.model_outputs} == {s.kept.model, other}
    found = s.client.search_runs([s.kept.model_experiment], "attributes.run_name = 'links'")
    return [
        sorted(o.step for o in got.outputs.model_outputs), [i.model_id == s.kept.model for i in got.inputs.model_inputs],
        [len(r.outputs.model_outputs) for r in found],
    ]


@step("logged models: a search filters, orders and goes page by page", versions=NEW)
def search(s):
    experiment = s.client.create_experiment("searched models")
    run = s.client.create_run(experiment).info.run_id
    for number, (name, kind) in enumerate((("a", "x"), ("b", "y"), ("c", "x"), ("d", None))):
        made = s.client.create_logged_model(experiment, name=name, source_run_id=run, model_type="t", tags={"kind": kind} if kind else None, params={"p": str(number)})
        s.client.log_batch(run, metrics=[Metric("auc", number / 10, 1, 0, model_id=made.model_id, dataset_name="ds" if number % 2 else None, dataset_digest="1" if number % 2 else None)])
        if number < 2:
            s.client.finalize_logged_model(made.model_id, "READY")

    def names(text=None, **query):
        return [model.name for model in s.client.search_logged_models([experiment], text, **query)]

    def attempt(text, **query):
        from mlflow.exceptions import MlflowException

        try:
            return names(text, **query)
        except MlflowException as error:
            return error.error_code

    filters = [
        "name = 'a'", "name != 'a'", "name LIKE '%'", "name ILIKE 'A'", "name IN ('a', 'b')", "name NOT IN ('a')", "tags.kind = 'x'", "tags.kind != 'x'", "params.p = '2'", "params.p LIKE '%'",
        "metrics.auc > 0.1", "metrics.auc <= 0.1", "metrics.auc = 0.1", "model_type = 't'", "status = 'READY'", "attributes.name = 'b'", "creation_timestamp > 0", "creation_time > 0", "last_updated_timestamp > 0",
        "name = 'a' AND tags.kind = 'x'", "source_run_id = 'x'", "name > 'a'", "absent = 'x'", "metrics.auc = 'x'", "name = 'a' OR name = 'b'", "tags.kind IS NULL", "model_id = 'x'", "experiment_id = 'x'", "artifact_location LIKE '%'",
    ]
    orders = [
        [{"field_name": "name", "ascending": True}], [{"field_name": "name", "ascending": False}], [{"field_name": "metrics.auc", "ascending": False}],
        [{"field_name": "metrics.auc", "ascending": True, "dataset_name": "ds", "dataset_digest": "1"}], [{"field_name": "creation_timestamp"}], [{"field_name": "params.p"}], [{"field_name": "absent"}],
    ]
    pages, token = [], None
    while True:
        page = s.client.search_logged_models([experiment], max_results=3, page_token=token)
        pages.append([model.name for model in page])
        token = page.token
        if not token:
            break
    return [
        names(), {text: attempt(text) for text in filters}, [attempt(None, order_by=keys) for keys in orders], pages,
        names("metrics.auc >= 0.1", datasets=[{"dataset_name": "ds"}]), names("metrics.auc >= 0.1", datasets=[{"dataset_name": "ds", "dataset_digest": "other"}]),
    ]


@step("logged models: a deleted one is gone from reads and searches", versions=NEW)
def delete(s):
    made = s.client.create_logged_model(s.kept.model_experiment, name="deleted")
    s.client.delete_logged_model(made.model_id)
    names = [model.name for model in s.client.search_logged_models([s.kept.model_experiment])]
    return [s.refused(lambda: s.client.get_logged_model(made.model_id)), names.count("deleted"), s.raw("DELETE", f"logged-models/{made.model_id}").status_code]


@step("logged models: artifacts are listed and read by the model's address", order="any", versions=NEW)
def artifacts(s):
    made = s.client.create_logged_model(s.kept.model_experiment, name="with files")
    folder = s.path("files")
    os.makedirs(os.path.join(folder, "sub"))
    for name in ("a.txt", "sub/b.txt"):
        open(os.path.join(folder, name), "w").write(name)
    s.client.log_model_artifacts(made.model_id, folder)
    listed = [[f.path, f.is_dir] for f in s.client.list_logged_model_artifacts(made.model_id)]
    below = s.raw("GET", f"logged-models/{made.model_id}/artifacts/directories", params={"artifact_directory_path": "sub"})
    read = open(os.path.join(mlflow.artifacts.download_artifacts(f"models:/{made.model_id}"), "sub", "b.txt")).read()
    ajax = s.raw("GET", f"/ajax-api/2.0/mlflow/logged-models/{made.model_id}/artifacts/files", params={"artifact_file_path": "a.txt"})
    return [listed, below.status_code, read, ajax.status_code, ajax.text]


@step("logged models: bad names, statuses and bodies are refused", versions=NEW)
def refused(s):
    experiment = s.kept.model_experiment
    post = lambda body: s.raw("POST", "logged-models", body)  # noqa: E731
    for name in ("", "a/b", "a:b", "a.b", "a%b", 'a"b', "a'b", "a b", "é"):
        post({"experiment_id": experiment, "name": name})
    post({})
    post({"experiment_id": "987654321", "name": "x"})
    post({"experiment_id": experiment, "name": "x", "params": [{"key": "k" * 251, "value": "v"}]})
    post({"experiment_id": experiment, "name": "x", "params": [{"key": "k", "value": "v" * 6001}]})
    s.raw("PATCH", f"logged-models/{s.kept.model}", {"model_id": s.kept.model, "status": "NO_SUCH"})
    s.raw("PATCH", f"logged-models/{s.kept.model}", {})
    search = lambda **body: s.raw("POST", "logged-models/search", body)  # noqa: E731
    search()
    search(experiment_ids=[experiment], max_results=0)
    search(experiment_ids=[experiment], page_token="x")
