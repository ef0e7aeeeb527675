"""Metrics: latest values, histories, numbers that are none, paging and bulk reads."""

import math

from mlflow.entities import Metric

from steps import code_of, step

AJAX = "/ajax-api/2.0/mlflow/metrics"


def _history(s, run, key):
    return [[m.step, m.timestamp, repr(m.value)] for m in s.client.get_metric_history(run, key)]


@step("metrics: the latest is of the highest step, then the newest, then the largest")
def latest(s):
    run = s.kept.metric_run = s.client.create_run(s.kept.experiment, run_name="metrics").info.run_id
    for value, timestamp, number in ((1.0, 10, 0), (2.0, 11, 0), (0.5, 9, 3), (9.0, 99, -2), (0.25, 9, 3), (0.75, 9, 3), (0.1, 8, 3)):
        s.client.log_metric(run, "m", value, timestamp=timestamp, step=number)
    return [s.client.get_run(run).data.metrics["m"], _history(s, run, "m")]


@step("metrics: the same entry twice is one entry")
def repeated(s):
    run = s.client.create_run(s.kept.experiment, run_name="repeated").info.run_id
    for _ in range(3):
        s.client.log_metric(run, "m", 1.5, timestamp=5, step=1)
    s.client.log_metric(run, "m", 1.5, timestamp=5, step=2)
    return _history(s, run, "m")


@step("metrics: NaN and infinities are kept")
def not_numbers(s):
    run = s.client.create_run(s.kept.experiment, run_name="nan").info.run_id
    for number, value in enumerate((math.nan, math.inf, -math.inf, 1e-320, 1.7976931348623157e308, -0.0, 5e-324, 0.1 + 0.2)):
        s.client.log_metric(run, f"m{number}", value, timestamp=1, step=0)
    s.client.log_metric(run, "seq", 1.0, timestamp=1, step=0)
    s.client.log_metric(run, "seq", math.nan, timestamp=2, step=1)
    s.client.log_metric(run, "seq", math.inf, timestamp=3, step=2)
    got = s.client.get_run(run).data.metrics
    return [{key: repr(value) for key, value in sorted(got.items())}, _history(s, run, "seq"), _history(s, run, "m0")]


@step("metrics: keys may hold slashes, spaces, dots and other scripts")
def keys(s):
    run = s.client.create_run(s.kept.experiment, run_name="keys").info.run_id
    for key in ("train/loss", "a b", "a.b-c_d", "точность", "k" * 250):
        s.client.log_metric(run, key, 1, timestamp=1)
    return [sorted(s.client.get_run(run).data.metrics), [len(_history(s, run, key)) for key in ("train/loss", "точность", "absent")]]


@step("metrics: a history of a thousand steps is complete and in order")
def thousand(s):
    run = s.kept.long_run = s.client.create_run(s.kept.experiment, run_name="thousand").info.run_id
    points = [Metric("loss", 1 / (i + 1), 1_600_000_000_000 + i, i) for i in range(1000)]
    s.client.log_batch(run, metrics=points)
    s.client.log_batch(run, metrics=[Metric("loss", math.nan, 1_600_000_001_000, 1000), Metric("loss", math.inf, 1_600_000_001_001, 1001)])
    got = s.client.get_metric_history(run, "loss")
    assert [m.step for m in got] == list(range(1002)), len(got)
    assert all(got[i].value == 1 / (i + 1) for i in range(1000))
    return [len(got), repr(s.client.get_run(run).data.metrics["loss"])]


@step("metrics: a history goes page by page")
def pages(s):
    token, lengths, steps_seen = None, [], []
    while True:
        query = {"run_id": s.kept.long_run, "metric_key": "loss", "max_results": 400}
        if token:
            query["page_token"] = token
        page = s.raw("GET", "metrics/get-history", params=query).json()
        lengths.append(len(page["metrics"]))
        steps_seen += [m["step"] for m in page["metrics"]]
        token = page.get("next_page_token")
        if not token:
            break
    assert len(set(steps_seen)) == 1002
    limited = s.raw("GET", "metrics/get-history", params={"run_id": s.kept.long_run, "metric_key": "loss", "max_results": 2})
    return [lengths, limited.status_code, s.raw("GET", "metrics/get-history", params={"run_id": s.kept.metric_run, "metric_key": "absent"}).json()]


@step("metrics: histories of several runs are read in one call")
def bulk(s):
    runs = [s.client.create_run(s.kept.experiment, run_name=f"bulk {i}").info.run_id for i in range(3)]
    for i, run in enumerate(runs):
        for timestamp, number, value in ((1, 2, 10.0), (1, 3, 11.0), (1, 3, 12.0), (2, 3, 12.0), (7, -2, -100.0)):
            s.client.log_metric(run, "a", value + i, timestamp=timestamp, step=number)
    s.kept.bulk_runs = runs
    asked = lambda **query: s.raw("GET", f"{AJAX}/get-history-bulk", params=query).json()  # noqa: E731
    together = asked(run_id=runs, metric_key="a")["metrics"]
    ids = list(dict.fromkeys(m["run_id"] for m in together))
    assert ids == sorted(runs)
    return [
        [[m["step"], m["timestamp"], m["value"]] for run in runs for m in together if m["run_id"] == run],
        len(asked(run_id=[runs[1], runs[0]], metric_key="a", max_results=100)["metrics"]),
        asked(run_id=runs, metric_key="absent"),
        asked(run_id=[runs[2]], metric_key="a", max_results=2),
    ]


@step("metrics: a bulk read without runs or key, or of too many runs, is refused")
def bulk_refused(s):
    asked = lambda **query: code_of(s.raw("GET", f"{AJAX}/get-history-bulk", params=query))  # noqa: E731
    return [
        asked(metric_key="a"),
        asked(run_id=[], metric_key="a"),
        asked(run_id=["x"] * 101, metric_key="a"),
        asked(run_id=["123"]),
    ]


@step("metrics: an interval of a history is thinned out evenly")
def interval(s):
    def asked(**query):
        body = s.raw("GET", f"{AJAX}/get-history-bulk-interval", params=query).json()
        return [[m["step"], m.get("value")] for m in body.get("metrics", [])]

    run = s.kept.long_run
    return [
        asked(run_ids=[run], metric_key="loss", max_results=10),
        asked(run_ids=[run], metric_key="loss", start_step=100, end_step=109, max_results=5),
        asked(run_ids=[run, s.kept.metric_run], metric_key="loss", start_step=0, end_step=4),
        asked(run_ids=s.kept.bulk_runs, metric_key="a", max_results=3),
        asked(run_ids=[run], metric_key="absent"),
    ]


@step("metrics: a bad interval is refused")
def interval_refused(s):
    asked = lambda **query: code_of(s.raw("GET", f"{AJAX}/get-history-bulk-interval", params=query))  # noqa: E731
    run = s.kept.long_run
    return [
        asked(metric_key="loss"),
        asked(run_ids=[run]),
        asked(run_ids=[run], metric_key="loss", start_step=5),
        asked(run_ids=[run], metric_key="loss", start_step=5, end_step=1),
        asked(run_ids=[run], metric_key="loss", max_results=0),
        asked(run_ids=[run], metric_key="loss", max_results=1_000_000),
        asked(run_ids=[f"{i}" for i in range(101)], metric_key="loss"),
    ]
