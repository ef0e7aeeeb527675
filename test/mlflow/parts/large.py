"""Five thousand runs: made quickly, then searched page by page."""

from concurrent.futures import ThreadPoolExecutor

import requests

from steps import step

RUNS = 5_000
WRITERS = 6


def _fill(s, experiment):
    def write(writer):
        http = requests.Session()
        if s.token:
            http.headers["Authorization"] = f"Bearer {s.token}"
        post = lambda path, body: http.post(f"{s.base}/api/2.0/mlflow/runs/{path}", json=body, timeout=300)  # noqa: E731
        for number in range(writer, RUNS, WRITERS):
            tags = [{"key": "group", "value": str(number % 7)}]
            body = {"experiment_id": experiment, "start_time": 1_600_000_000_000 + number, "run_name": f"n{number:04}", "tags": tags}
            made = post("create", body)
            made.raise_for_status()
            run = made.json()["run"]["info"]["run_id"]
            # Every accuracy comes five times: ties are part of the test.
            metrics = [{"key": "accuracy", "value": (number * 7919 % 1000) / 1000, "timestamp": 1, "step": 0}, {"key": "loss", "value": number * 31 % 977, "timestamp": 1, "step": 0}]
            post("log-batch", {"run_id": run, "metrics": metrics, "params": [{"key": "depth", "value": str(number % 5)}]}).raise_for_status()

    s.recorder.paused = True
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    s.recorder.paused = False


def _pages(s, experiment, size, filter_string="", order_by=None):
    seen, token, lengths = [], None, []
    while True:
        page = s.client.search_runs([experiment], filter_string, order_by=order_by, max_results=size, page_token=token)
        seen += page
        lengths.append(len(page))
        token = page.token
        if not token:
            return seen, lengths


@step("five thousand runs: every one is found once, page by page, newest first")
def paging(s):
    experiment = s.kept.large = s.client.create_experiment("large")
    _fill(s, experiment)
    s.recorder.paused = True
    seen, lengths = _pages(s, experiment, 1000)
    names = [run.info.run_name for run in seen]
    assert names == [f"n{number:04}" for number in range(RUNS - 1, -1, -1)], names[:5]
    return [lengths, names[::500]]


@step("five thousand runs: filters and orders over all of them")
def search(s):
    s.recorder.paused = True
    found = {}
    for text, keys in (
        ("metrics.accuracy > 0.99", ["metrics.accuracy DESC", "start_time ASC"]),
        ("metrics.accuracy > 0.5 AND params.depth = '3' AND tags.group = '2'", ["metrics.loss ASC", "start_time DESC"]),
        ("tags.group = '6'", ["metrics.loss DESC", "start_time DESC"]),
        ("params.depth != '4' AND metrics.loss < 200", ["params.depth DESC", "start_time ASC"]),
        ("attributes.start_time >= 1600000004900", ["metrics.accuracy ASC", "run_name DESC"]),
    ):
        runs, lengths = _pages(s, s.kept.large, 700, text, keys)
        names = [run.info.run_name for run in runs]
        assert len(set(names)) == len(names)
        found[text] = [lengths, names[:20], names[-5:]]
    return found


@step("five thousand runs: the best ten by accuracy")
def best(s):
    runs = s.client.search_runs([s.kept.large], order_by=["metrics.accuracy DESC", "start_time DESC"], max_results=10)
    return [[run.info.run_name, run.data.metrics["accuracy"], run.data.params, run.data.tags["group"]] for run in runs]
