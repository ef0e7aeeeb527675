"""log_batch: limits, repetition, all or nothing, several writers."""

from concurrent.futures import ThreadPoolExecutor

from mlflow.entities import Metric, Param, RunTag

from parts.runs import plain_run
from steps import step


def _run(s, name):
    return s.client.create_run(s.kept.experiment, run_name=name).info.run_id


@step("batches: metrics, params and tags go in together")
def together(s):
    run = _run(s, "batch")
    s.client.log_batch(
        run,
        metrics=[Metric("a", 1.0, 1, 0), Metric("a", 2.0, 2, 1), Metric("b", -1.0, 1, 0)],
        params=[Param("p", "1"), Param("q", "")],
        tags=[RunTag("t", "x"), RunTag("e", ""), RunTag("mlflow.runName", "renamed by a batch")],
    )
    s.client.log_batch(run)
    return plain_run(s.client.get_run(run))


@step("batches: the same params and tags again change nothing, other params are refused")
def repeated(s):
    run = _run(s, "idempotent")
    for _ in range(2):
        s.client.log_batch(run, params=[Param("p", "1")], tags=[RunTag("t", "x")], metrics=[Metric("m", 1.0, 1, 0)])
    s.client.log_batch(run, params=[Param("p", "1"), Param("new", "2")], tags=[RunTag("t", "y")])
    clash = s.refused(lambda: s.client.log_batch(run, params=[Param("p", "2")]))
    within = s.raw("POST", "runs/log-batch", {"run_id": run, "params": [{"key": "r", "value": "1"}, {"key": "r", "value": "2"}]})
    tags = s.raw("POST", "runs/log-batch", {"run_id": run, "tags": [{"key": "s", "value": "1"}, {"key": "s", "value": "2"}]})
    return [clash, within.status_code, tags.status_code, plain_run(s.client.get_run(run)), len(s.client.get_metric_history(run, "m"))]


@step("batches: the largest ones are taken and larger ones refused")
def limits(s):
    run = _run(s, "limits")
    metric = lambda i: {"key": "m", "value": i, "timestamp": i, "step": i}  # noqa: E731
    pair = lambda i: {"key": f"k{i:03}", "value": "v"}  # noqa: E731
    post = lambda **body: s.raw("POST", "runs/log-batch", {"run_id": run, **body}).status_code  # noqa: E731
    return [
        post(metrics=[metric(i) for i in range(1000)]),
        post(metrics=[metric(i) for i in range(1001)]),
        post(params=[pair(i) for i in range(100)]),
        post(params=[pair(i) for i in range(101)]),
        post(tags=[pair(i) for i in range(100)]),
        post(tags=[pair(i) for i in range(101)]),
        post(metrics=[metric(i) for i in range(900)], params=[pair(i) for i in range(51)], tags=[pair(i) for i in range(50)]),
        len(s.client.get_metric_history(run, "m")),
        len(s.client.get_run(run).data.params),
    ]


@step("batches: a refused one leaves nothing behind")
def atomic(s):
    run = _run(s, "atomic")
    s.client.log_param(run, "p", "1")
    answer = s.raw("POST", "runs/log-batch", {
        "run_id": run, "metrics": [{"key": "m", "value": 1, "timestamp": 1, "step": 0}],
        "params": [{"key": "new", "value": "1"}, {"key": "p", "value": "2"}], "tags": [{"key": "t", "value": "x"}],
    })
    got = plain_run(s.client.get_run(run))
    assert got["params"] == {"p": "1"}, got
    return [answer.status_code, answer.json()["error_code"], got["params"]]


@step("batches: several writers to one run lose nothing", order="any")
def parallel(s):
    run = _run(s, "parallel")

    def write(writer):
        for batch in range(5):
            s.client.log_batch(
                run,
                metrics=[Metric(f"m{i}", writer, 1_000 + batch, writer * 5 + batch) for i in range(4)],
                params=[Param(f"w{writer}b{batch}", "1")],
                tags=[RunTag(f"w{writer}", str(batch))],
            )

    s.recorder.paused = True
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(6)))
    s.recorder.paused = False
    histories = [len(s.client.get_metric_history(run, f"m{i}")) for i in range(4)]
    got = plain_run(s.client.get_run(run))
    assert histories == [30] * 4 and len(got["params"]) == 30 and got["tags"] == {f"w{i}": "4" for i in range(6)}, (histories, got)
    return [histories, got]


@step("batches: wrong fields are refused one by one")
def fields(s):
    run = _run(s, "fields")
    bad = [
        {"metrics": [{"key": "m", "value": 1, "step": 0}]},
        {"metrics": [{"value": 1, "timestamp": 1, "step": 0}]},
        {"metrics": [{"key": "m", "timestamp": 1, "step": 0}]},
        {"metrics": [{"key": "m", "value": "one", "timestamp": 1, "step": 0}]},
        {"metrics": [{"key": "", "value": 1, "timestamp": 1, "step": 0}]},
        {"metrics": [{"key": "m" * 251, "value": 1, "timestamp": 1, "step": 0}]},
        {"metrics": [{"key": "../m", "value": 1, "timestamp": 1, "step": 0}]},
        {"metrics": "m"},
        {"params": [{"value": "1"}]},
        {"params": [{"key": "", "value": "1"}]},
        {"params": [{"key": "k" * 251, "value": "1"}]},
        {"params": [{"key": "p", "value": "v" * 6001}]},
        {"params": [{"key": "/p", "value": "1"}]},
        {"params": {"key": "p"}},
        {"tags": [{"value": "1"}]},
        {"tags": [{"key": "t" * 251, "value": "1"}]},
        {"tags": [{"key": "t", "value": "v" * 8001}]},
        {"tags": [{"key": "a/../b", "value": "1"}]},
        {"tags": ["t"]},
    ]
    for body in bad:
        s.raw("POST", "runs/log-batch", {"run_id": run, **body})
