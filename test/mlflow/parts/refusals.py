"""Requests that the client would not send: wrong fields, types, sizes, methods, and what only a server says."""

import json

from steps import step

NOBODY = "0" * 32
RUN, EXPERIMENT = "<run>", "<experiment>"


def _fields(s):
    """Method, path and body of wrong requests, family by family."""
    metric = {"run_id": RUN, "key": "m", "value": 1, "timestamp": 1, "step": 0}
    return {
        "experiments": [
            ("POST", "experiments/create", {}),
            ("POST", "experiments/create", {"name": ""}),
            ("POST", "experiments/create", {"name": 123}),
            ("POST", "experiments/create", {"name": "x" * 501}),
            ("POST", "experiments/create", {"name": "a", "artifact_location": 5}),
            ("POST", "experiments/create", {"name": "fragment", "artifact_location": "mlflow-artifacts:/x#y"}),
            ("POST", "experiments/create", {"name": "query", "artifact_location": "mlflow-artifacts:/x?y=z"}),
            ("POST", "experiments/create", {"name": "dots", "artifact_location": "mlflow-artifacts:/x/../../y"}),
            ("POST", "experiments/create", {"name": "a", "tags": "x"}),
            ("POST", "experiments/create", {"name": "tag without key", "tags": [{"value": "x"}]}),
            ("POST", "experiments/create", {"name": "unknown field", "surprise": 1}),
            ("GET", "experiments/get", {}),
            ("GET", "experiments/get", {"experiment_id": ""}),
            ("GET", "experiments/get", {"experiment_id": "abc"}),
            ("GET", "experiments/get", {"experiment_id": "-1"}),
            ("GET", "experiments/get-by-name", {}),
            ("GET", "experiments/get-by-name", {"experiment_name": "nobody's"}),
            ("POST", "experiments/update", {}),
            ("POST", "experiments/update", {"experiment_id": EXPERIMENT}),
            ("POST", "experiments/update", {"experiment_id": EXPERIMENT, "new_name": ""}),
            ("POST", "experiments/update", {"experiment_id": EXPERIMENT, "new_name": 3}),
            ("POST", "experiments/delete", {}),
            ("POST", "experiments/restore", {}),
            ("POST", "experiments/set-experiment-tag", {"experiment_id": EXPERIMENT}),
            ("POST", "experiments/set-experiment-tag", {"experiment_id": EXPERIMENT, "key": "k"}),
            ("POST", "experiments/set-experiment-tag", {"experiment_id": EXPERIMENT, "key": "k" * 251, "value": "v"}),
            ("POST", "experiments/set-experiment-tag", {"experiment_id": EXPERIMENT, "key": "k", "value": "v" * 5001}),
            ("POST", "experiments/set-experiment-tag", {"experiment_id": EXPERIMENT, "key": "../k", "value": "v"}),
            ("POST", "experiments/set-experiment-tag", {"experiment_id": EXPERIMENT, "key": "k", "value": 5}),
            ("POST", "experiments/search", {}),
            ("POST", "experiments/search", {"max_results": 0}),
            ("POST", "experiments/search", {"max_results": 50_001}),
            ("POST", "experiments/search", {"max_results": -1}),
            ("POST", "experiments/search", {"max_results": "x"}),
            ("POST", "experiments/search", {"max_results": 2, "filter": "name ="}),
            ("POST", "experiments/search", {"max_results": 2, "filter": "name > 'x'"}),
            ("POST", "experiments/search", {"max_results": 2, "filter": "params.x = 'x'"}),
            ("POST", "experiments/search", {"max_results": 2, "filter": "name = 'x' OR name = 'y'"}),
            ("POST", "experiments/search", {"max_results": 2, "filter": "creation_time > 'x'"}),
            ("POST", "experiments/search", {"max_results": 2, "filter": "creation_time LIKE '1'"}),
            ("POST", "experiments/search", {"max_results": 2, "filter": "absent = 'x'"}),
            ("POST", "experiments/search", {"max_results": 2, "order_by": ["absent"]}),
            ("POST", "experiments/search", {"max_results": 2, "order_by": ["name UP"]}),
            ("POST", "experiments/search", {"max_results": 2, "order_by": ["tags.x"]}),
            ("POST", "experiments/search", {"max_results": 2, "page_token": "nonsense"}),
            ("POST", "experiments/search", {"max_results": 2, "page_token": ""}),
            ("POST", "experiments/search", {"max_results": 2, "view_type": "NO_SUCH"}),
        ],
        "runs": [
            ("POST", "runs/create", {}),
            ("POST", "runs/create", {"experiment_id": "abc"}),
            ("POST", "runs/create", {"experiment_id": EXPERIMENT, "start_time": "x"}),
            ("POST", "runs/create", {"experiment_id": EXPERIMENT, "start_time": -5, "run_name": "before the epoch"}),
            ("POST", "runs/create", {"experiment_id": EXPERIMENT, "tags": "x"}),
            ("POST", "runs/create", {"experiment_id": EXPERIMENT, "tags": [{"key": "a", "value": 5}]}),
            ("POST", "runs/create", {"experiment_id": EXPERIMENT, "tags": [{"key": "k" * 251, "value": "5"}]}),
            ("POST", "runs/create", {"experiment_id": EXPERIMENT, "tags": [{"key": "k", "value": "v" * 8001}]}),
            ("POST", "runs/create", {"experiment_id": EXPERIMENT, "run_name": 7}),
            ("GET", "runs/get", {}),
            ("GET", "runs/get", {"run_id": NOBODY}),
            ("GET", "runs/get", {"run_uuid": NOBODY}),
            ("GET", "runs/get", {"run_id": "../x"}),
            ("GET", "runs/get", {"run_id": ""}),
            ("POST", "runs/update", {}),
            ("POST", "runs/update", {"run_id": RUN, "status": "NO_SUCH"}),
            ("POST", "runs/update", {"run_id": RUN, "end_time": "x"}),
            ("POST", "runs/update", {"run_id": NOBODY, "status": "FINISHED"}),
            ("POST", "runs/delete", {}),
            ("POST", "runs/restore", {}),
            ("POST", "runs/set-tag", {}),
            ("POST", "runs/set-tag", {"run_id": RUN}),
            ("POST", "runs/set-tag", {"run_id": RUN, "key": ""}),
            ("POST", "runs/set-tag", {"run_id": RUN, "key": "k"}),
            ("POST", "runs/set-tag", {"run_id": RUN, "key": 5, "value": "v"}),
            ("POST", "runs/set-tag", {"run_id": RUN, "key": "k" * 250, "value": "at the limit"}),
            ("POST", "runs/set-tag", {"run_id": RUN, "key": "k" * 251, "value": "v"}),
            ("POST", "runs/set-tag", {"run_id": RUN, "key": "k", "value": "v" * 8001}),
            ("POST", "runs/set-tag", {"run_id": RUN, "key": "/k", "value": "v"}),
            ("POST", "runs/set-tag", {"run_id": RUN, "key": "a:b", "value": "v"}),
            ("POST", "runs/set-tag", {"run_id": RUN, "key": "a!b", "value": "v"}),
            ("POST", "runs/set-tag", {"run_uuid": RUN, "key": "by uuid", "value": "v"}),
            ("POST", "runs/delete-tag", {}),
            ("POST", "runs/delete-tag", {"run_id": RUN, "key": "absent"}),
            ("POST", "runs/log-parameter", {}),
            ("POST", "runs/log-parameter", {"run_id": RUN, "value": "v"}),
            ("POST", "runs/log-parameter", {"run_id": RUN, "key": "without a value"}),
            ("POST", "runs/log-parameter", {"run_id": RUN, "key": "", "value": "v"}),
            ("POST", "runs/log-parameter", {"run_id": RUN, "key": 1, "value": "v"}),
            ("POST", "runs/log-parameter", {"run_id": RUN, "key": "p", "value": 5}),
            ("POST", "runs/log-parameter", {"run_id": RUN, "key": "k" * 251, "value": "v"}),
            ("POST", "runs/log-parameter", {"run_id": RUN, "key": "a\\b", "value": "v"}),
            ("POST", "runs/log-parameter", {"run_id": RUN, "key": ".", "value": "v"}),
            ("POST", "runs/log-metric", {}),
            *[("POST", "runs/log-metric", {key: value for key, value in metric.items() if key != left}) for left in metric],
            ("POST", "runs/log-metric", {**metric, "value": "x"}),
            ("POST", "runs/log-metric", {**metric, "value": "1.5"}),
            ("POST", "runs/log-metric", {**metric, "value": "NaN"}),
            ("POST", "runs/log-metric", {**metric, "value": "Infinity"}),
            ("POST", "runs/log-metric", {**metric, "value": None}),
            ("POST", "runs/log-metric", {**metric, "value": True}),
            ("POST", "runs/log-metric", {**metric, "timestamp": "x"}),
            ("POST", "runs/log-metric", {**metric, "timestamp": 1.5}),
            ("POST", "runs/log-metric", {**metric, "timestamp": -1}),
            ("POST", "runs/log-metric", {**metric, "step": "x"}),
            ("POST", "runs/log-metric", {**metric, "step": "5"}),
            ("POST", "runs/log-metric", {**metric, "step": -7}),
            ("POST", "runs/log-metric", {**metric, "key": "k" * 251}),
            ("POST", "runs/log-metric", {**metric, "key": 5}),
            ("POST", "runs/log-metric", {**metric, "key": "a//b"}),
            ("POST", "runs/log-metric", {**metric, "run_id": 5}),
            ("POST", "runs/log-batch", {}),
            ("POST", "runs/log-batch", {"run_id": NOBODY}),
            ("POST", "runs/log-batch", {"run_id": RUN}),
            ("POST", "runs/log-inputs", {}),
            ("POST", "runs/log-model", {}),
            ("POST", "runs/log-model", {"run_id": RUN, "model_json": "not json"}),
            ("POST", "runs/log-model", {"run_id": RUN, "model_json": "{}"}),
            ("POST", "runs/log-model", {"run_id": RUN, "model_json": "{\"artifact_path\": \"m\"}"}),
            ("POST", "runs/log-model", {"run_id": RUN, "model_json": json.dumps({"artifact_path": "m", "flavors": {}, "utc_time_created": "2020-01-01 00:00:00", "run_id": "x", "model_uuid": "y"})}),
            ("GET", "metrics/get-history", {}),
            ("GET", "metrics/get-history", {"run_id": RUN}),
            ("GET", "metrics/get-history", {"metric_key": "m"}),
            ("GET", "metrics/get-history", {"run_id": RUN, "metric_key": "m", "page_token": "nonsense"}),
            ("GET", "metrics/get-history", {"run_id": RUN, "metric_key": "m", "max_results": "x"}),
            ("GET", "metrics/get-history", {"run_id": RUN, "metric_key": "m", "max_results": 0}),
            ("GET", "artifacts/list", {}),
            ("GET", "artifacts/list", {"run_id": NOBODY}),
            ("GET", "artifacts/list", {"run_id": RUN, "path": "../.."}),
        ],
        "registry": [
            ("GET", "registered-models/get", {}),
            ("GET", "registered-models/get", {"name": ""}),
            ("GET", "registered-models/get", {"name": "absent"}),
            ("POST", "registered-models/create", {"name": "tagged wrongly", "tags": [{"key": "k" * 251, "value": "v"}]}),
            ("POST", "registered-models/create", {"name": "tagged too long", "tags": [{"key": "k", "value": "v" * 100_001}]}),
            ("PATCH", "registered-models/update", {}),
            ("PATCH", "registered-models/update", {"name": "trend"}),
            ("POST", "registered-models/rename", {}),
            ("DELETE", "registered-models/delete", {}),
            ("DELETE", "registered-models/delete", {"name": "absent"}),
            ("POST", "registered-models/get-latest-versions", {}),
            ("GET", "registered-models/get-latest-versions", {"name": "trend"}),
            ("POST", "registered-models/set-tag", {"name": "trend"}),
            ("POST", "registered-models/set-tag", {"name": "trend", "key": "k", "value": "v" * 100_001}),
            ("POST", "registered-models/set-tag", {"name": "trend", "key": "k" * 251, "value": "v"}),
            ("POST", "registered-models/set-tag", {"name": "trend", "key": "", "value": "v"}),
            ("DELETE", "registered-models/delete-tag", {"name": "trend"}),
            ("POST", "registered-models/alias", {}),
            ("POST", "registered-models/alias", {"name": "trend", "alias": "x"}),
            ("POST", "registered-models/alias", {"name": "trend", "alias": "x", "version": "abc"}),
            ("GET", "registered-models/alias", {"name": "trend"}),
            ("DELETE", "registered-models/alias", {"name": "trend"}),
            ("GET", "registered-models/search", {"max_results": "x"}),
            ("POST", "model-versions/create", {}),
            ("POST", "model-versions/create", {"name": "trend"}),
            ("POST", "model-versions/create", {"name": "absent", "source": "mlflow-artifacts:/x"}),
            ("POST", "model-versions/create", {"name": "trend", "source": 5}),
            ("POST", "model-versions/create", {"name": "trend", "source": "mlflow-artifacts:/x", "run_id": NOBODY}),
            ("GET", "model-versions/get", {}),
            ("GET", "model-versions/get", {"name": "trend"}),
            ("GET", "model-versions/get", {"name": "trend", "version": "abc"}),
            ("GET", "model-versions/get", {"name": "trend", "version": "0"}),
            ("GET", "model-versions/get", {"name": "trend", "version": "-1"}),
            ("GET", "model-versions/get", {"name": "absent", "version": "1"}),
            ("GET", "model-versions/get-download-uri", {"name": "trend", "version": "999"}),
            ("PATCH", "model-versions/update", {"name": "trend"}),
            ("DELETE", "model-versions/delete", {"name": "trend"}),
            ("DELETE", "model-versions/delete", {"name": "trend", "version": "999"}),
            ("POST", "model-versions/transition-stage", {"name": "trend", "version": "1"}),
            ("POST", "model-versions/transition-stage", {"name": "trend", "version": "1", "stage": "Nowhere", "archive_existing_versions": False}),
            ("POST", "model-versions/transition-stage", {"name": "trend", "version": "x", "stage": "Staging", "archive_existing_versions": False}),
            ("POST", "model-versions/set-tag", {"name": "trend", "version": "1", "key": "k" * 251, "value": "v"}),
            ("POST", "model-versions/set-tag", {"name": "trend", "version": "1", "key": "k", "value": "v" * 100_001}),
            ("POST", "model-versions/set-tag", {"name": "trend", "version": "1"}),
            ("DELETE", "model-versions/delete-tag", {"name": "trend", "version": "1"}),
        ],
    }


def _send(s, cases):
    run = s.client.create_run(s.kept.experiment, run_name="refusals").info.run_id
    put = lambda text: text.replace(RUN, run).replace(EXPERIMENT, s.kept.experiment)  # noqa: E731
    for method, path, body in cases:
        body = json.loads(put(json.dumps(body)))
        s.raw(method, path, params=body) if method == "GET" else s.raw(method, path, body)


@step("refusals: wrong requests for experiments")
def experiments(s):
    _send(s, _fields(s)["experiments"])


@step("refusals: wrong requests for runs")
def runs(s):
    _send(s, _fields(s)["runs"])


@step("refusals: wrong requests for the registry")
def registry(s):
    _send(s, _fields(s)["registry"])


@step("refusals: bodies that are no JSON objects, and content types that say so")
def bodies(s):
    def send(data, kind="application/json"):
        s.raw("POST", "experiments/create", data=data, headers={"Content-Type": kind} if kind else {})

    for data in (b"", b"{", b"[]", b"5", b"null", b'"{}"', b'"{\\"name\\": \\"quoted\\"}"', b'{"name": "\xff"}'):
        send(data)
    send(b'{"name": "wrong type"}', "text/plain")
    send(b'{"name": "no type"}', None)
    send(b'{"name": "with charset"}', "application/json; charset=utf-8")
    send(b'{"name": "form"}', "application/x-www-form-urlencoded")


@step("refusals: unknown fields are ignored")
def unknown_fields(s):
    post = s.raw("POST", "runs/create", {"experiment_id": s.kept.experiment, "run_name": "unknown fields", "from_the_future": {"a": 1}})
    get = s.raw("GET", "experiments/get", params={"experiment_id": s.kept.experiment, "from_the_future": "x"})
    return [post.status_code, get.status_code]


@step("refusals: the wrong method, and paths that are no endpoint")
def methods(s):
    s.raw("GET", "experiments/create")
    s.raw("POST", "experiments/get", {"experiment_id": "0"})
    s.raw("PUT", "runs/create", {})
    s.raw("POST", "no/such/endpoint", {})
    s.raw("GET", "/api/9.9/mlflow/experiments/get")


@step("server: health, version and both prefixes")
def server(s):
    health, version = s.raw("GET", "/health"), s.raw("GET", "/version")
    ajax = s.raw("GET", "/ajax-api/2.0/mlflow/experiments/get", params={"experiment_id": "0"})
    return [health.status_code, health.text, version.status_code, version.text, ajax.status_code]
