"""Search of runs: the grammar of filters, orders, views and pages."""

import math

from mlflow.entities import Metric, Param, RunTag, ViewType

from steps import step

FILTERS = """
metrics.m > 1
metrics.m >= 1
metrics.m < 1
metrics.m <= 1
metrics.m = 1
metrics.m != 1
metric.m > 0.5 AND metrics.m <= 2
metrics.`with space` = 3
metrics."with space" = 3
metrics.m > -1e1
metrics.m = 1.0e0
metrics.absent > 0
metrics.odd > 0
metrics.odd = 0
params.p = 'a'
params.p != 'a'
params.p = "a"
params.p LIKE 'a%'
params.p LIKE 'A%'
params.p ILIKE 'A%'
params.p LIKE '%b%'
params.p LIKE '_b'
params.p IN ('a', 'b')
params.absent = 'a'
param.p = 'ab'
parameters.p = 'a'
tags.t = 'x'
tags.t != 'x'
tags.t LIKE '%'
tag.t ILIKE 'X'
tags.`a.b c` = 'z'
tags."a.b c" = 'z'
tags.quote = "it's"
tags.quote LIKE "%'s"
tags.t IS NULL
tags.t IS NOT NULL
params.p IS NULL
params.p IS NOT NULL
metrics.m IS NULL
attributes.status = 'RUNNING'
attribute.status != 'RUNNING'
status = 'FINISHED'
status LIKE 'FIN%'
attributes.run_name = 'r3'
run_name LIKE 'r%'
run_name ILIKE 'R1'
run name = 'r1'
`run name` = 'r1'
`Run name` = 'r1'
attributes.run_name IN ('r1', 'r2')
attributes.run_name NOT IN ('r1', 'r2')
attributes.start_time > 1500000000003
start_time <= 1500000000002
attributes.created > 1500000000003
attributes.Created > 1500000000003
attributes.`start_time` = 1500000000001
end_time > 0
attributes.end_time <= 1500000001000
user_id = 'ada'
attributes.user_id LIKE 'a%'
attributes.artifact_uri LIKE 'mlflow-artifacts:%'
attributes.lifecycle_stage = 'active'
tags.mlflow.runName = 'r2'
metrics.m > 0 AND params.p = 'a' AND tags.t = 'x' AND status = 'RUNNING'
metrics.m > 0 and params.p = 'a'
  metrics.m   >   1  
metrics.m > 0 AND tags.t != 'y'
""".strip("\n").split("\n")

REFUSED = """
metrics.m > 'a'
metrics.m LIKE 'a'
metrics.m > a
metrics.m
metrics.m >
> 1
m > 1
metrics.m > 1 OR metrics.m < 1
(metrics.m > 1)
NOT metrics.m > 1
params.p = a
params.p > 'a'
params.p = 1
params.'p' = 'a'
params.p IN 'a'
params.p IN ()
params.p IN (1)
params.p = 'a
tags.t < 'x'
tags.t = x
tags.t = 1
attributes.absent = 'x'
attributes.status > 'x'
attributes.status = RUNNING
attributes.start_time = 'x'
attributes.start_time LIKE '1'
attributes.start_time > 1.5
attributes.run_id > 'a'
attributes.run_name = 1
metrics.m = 1 AND
AND metrics.m = 1
metrics.m = 1 metrics.m = 2
metrics.m = 1, metrics.m = 2
metrics.m == 1
metrics.m <> 1
metrics.m BETWEEN 1 AND 2
dummy.x = 'a'
params = 'a'
metrics.m = NULL
tags.t IS 'x'
tags.t = NULL
metrics.m = 1; DROP TABLE runs
tags.a.`b` = 'x'
'metrics.m' > 1
1 = metrics.m
""".strip("\n").split("\n")

ORDERS = [
    ["metrics.m"], ["metrics.m ASC"], ["metrics.m DESC"], ["metric.m desc"], ["metrics.odd ASC"], ["metrics.odd DESC"],
    ["params.p"], ["params.p DESC"], ["tags.t ASC"], ["tag.t DESC"], ["tags.`a.b c`"],
    ["attributes.start_time ASC"], ["start_time DESC"], ["attribute.start_time"], ["end_time DESC"], ["attributes.status", "start_time"],
    ["run_name DESC"], ["`Run name` ASC"], ["created ASC"], ["metrics.absent DESC"], ["params.p DESC", "metrics.m ASC"],
    ["tags.t", "params.p DESC", "start_time DESC"], ["user_id", "start_time ASC"], ["attributes.experiment_id", "start_time"], ["Attributes.start_time ASC"],
]

ORDERS_REFUSED = [
    ["m"], ["metrics"], ["metrics."], ["metrics.m UP"], ["metrics.m ASC DESC"], ["attributes.absent"], ["dummy.x"], ["metrics.m, params.p"], [""], ["`metrics.m`"], ["start_time ACS"],
]


def _fill(s):
    experiment = s.kept.searched = s.client.create_experiment("searched")
    rows = [
        ("r0", None, None, None, None, "RUNNING"),
        ("r1", 1.0, "a", "x", 3.0, "RUNNING"),
        ("r2", 2.0, "b", "x", None, "FINISHED"),
        ("r3", -0.5, "ab", "y", None, "FAILED"),
        ("r4", 1.0, "A", "X", 3.0, "FINISHED"),
        ("r5", 10.0, "a", "x", None, "KILLED"),
        ("R6", 1e-9, "a%", "x_", None, "SCHEDULED"),
    ]
    odd = [math.nan, math.inf, -math.inf, 0.0, None, -1.0, math.nan]
    for number, (name, metric, param, tag, spaced, status) in enumerate(rows):
        body = {"experiment_id": experiment, "start_time": 1_500_000_000_000 + number, "run_name": name, "user_id": "ada" if number % 2 else "bob"}
        run = s.raw("POST", "runs/create", body).json()["run"]["info"]["run_id"]
        metrics = [Metric(key, value, 1, 0) for key, value in (("m", metric), ("with space", spaced), ("odd", odd[number])) if value is not None]
        params = [Param("p", param)] if param else []
        tags = [RunTag("t", tag), RunTag("quote", "it's")] if tag else [RunTag("a.b c", "z")]
        s.client.log_batch(run, metrics, params, tags)
        if status not in ("RUNNING", "SCHEDULED"):
            s.client.set_terminated(run, status, end_time=1_500_000_001_000 - number)
        elif status == "SCHEDULED":
            s.client.update_run(run, status=status)
        s.kept.last = run
    gone = s.client.create_run(experiment, run_name="gone", start_time=1_500_000_000_100).info.run_id
    s.client.delete_run(gone)


def _names(s, filter_string="", **query):
    return [run.info.run_name for run in s.client.search_runs([s.kept.searched], filter_string, **query)]


@step("search of runs: filters find what they say")
def filters(s):
    _fill(s)
    found = {text: _attempt(s, lambda: _names(s, text)) for text in FILTERS}
    found["by id"] = _names(s, f"attributes.run_id = '{s.kept.last}'")
    found["by ids"] = _names(s, f"run_id IN ('{s.kept.last}', 'x')")
    found["by other ids"] = _names(s, f"attributes.run_id NOT IN ('{s.kept.last}')")
    found["nothing"] = _names(s)
    return found


def _attempt(s, call):
    from mlflow.exceptions import MlflowException

    try:
        return call()
    except MlflowException as error:
        return error.error_code


@step("search of runs: bad filters are refused")
def refused(s):
    return {text: _attempt(s, lambda: _names(s, text)) for text in REFUSED}


@step("search of runs: orders of one and several keys, nulls and NaN last")
def orders(s):
    return {" then ".join(keys): _attempt(s, lambda: _names(s, order_by=keys)) for keys in ORDERS}


@step("search of runs: bad orders are refused")
def orders_refused(s):
    return {" then ".join(keys): _attempt(s, lambda: _names(s, order_by=keys)) for keys in ORDERS_REFUSED}


@step("search of runs: views show active, deleted or all")
def views(s):
    return [_names(s, run_view_type=view) for view in (ViewType.ACTIVE_ONLY, ViewType.DELETED_ONLY, ViewType.ALL)]


@step("search of runs: pages follow one another with a filter and an order")
def pages(s):
    seen, token, lengths = [], None, []
    while True:
        page = s.client.search_runs([s.kept.searched], "metrics.m > -100", order_by=["metrics.m DESC"], max_results=2, page_token=token)
        seen += [run.info.run_name for run in page]
        lengths.append(len(page))
        token = page.token
        if not token:
            break
    wishes = [{"max_results": n} for n in (0, 1, -1, 50_000, 50_001)]
    for wish in (*wishes, {"page_token": "nonsense"}, {"page_token": ""}, {"run_view_type": "SOME"}):
        s.raw("POST", "runs/search", {"experiment_ids": [s.kept.searched], **wish})
    return [seen, lengths]


@step("search of runs: several experiments, none, unknown and deleted ones")
def experiments(s):
    other = s.client.create_experiment("searched too")
    s.client.create_run(other, run_name="elsewhere", start_time=1_500_000_000_003)
    gone = s.client.create_experiment("searched and deleted")
    s.client.create_run(gone, run_name="in a deleted one", start_time=1_500_000_000_200)
    s.client.delete_experiment(gone)
    names = lambda ids, **query: [run.info.run_name for run in s.client.search_runs(ids, **query)]  # noqa: E731
    return [
        names([s.kept.searched, other], order_by=["start_time", "run_name"]),
        names([]),
        names(["987654321"]),
        names([gone]),
        names([gone], run_view_type=ViewType.ALL),
        s.raw("POST", "runs/search", {}).status_code,
        s.raw("POST", "runs/search", {"experiment_ids": [s.kept.searched], "filter": "metrics.m > 5"}).status_code,
    ]
