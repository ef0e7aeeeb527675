"""Runs: life, names, params, tags, nesting."""

import mlflow
from mlflow.entities import RunStatus, ViewType

from steps import step


def plain_run(run, ours=True):
    """What a run holds, without what differs from call to call; tags of the client itself are left out when `ours`."""
    info, data = run.info, run.data
    return {
        "name": info.run_name,
        "status": info.status,
        "stage": info.lifecycle_stage,
        "ended": info.end_time is not None,
        "metrics": {key: repr(value) for key, value in sorted(data.metrics.items())},
        "params": dict(sorted(data.params.items())),
        "tags": {k: v for k, v in sorted(data.tags.items()) if not ours or not k.startswith("mlflow.")},
    }


@step("runs: one is created with everything it can be given")
def create(s):
    run = s.client.create_run(
        s.kept.experiment, start_time=1_500_000_000_123, tags={"a": "1", "mlflow.source.name": "x.py"}, run_name="first"
    )
    s.kept.run = run.info.run_id
    got = s.client.get_run(s.kept.run)
    assert got.info.start_time == 1_500_000_000_123
    assert got.info.artifact_uri.endswith(f"{s.kept.run}/artifacts")
    return [plain_run(got, ours=False), got.info.experiment_id == s.kept.experiment, got.info.user_id]


@step("runs: one that is created with nothing gets a name and a start")
def defaults(s):
    answer = s.raw("POST", "runs/create", {"experiment_id": s.kept.experiment}).json()["run"]
    name = answer["info"]["run_name"]
    tags = {tag["key"]: tag["value"] for tag in answer["data"].get("tags", [])}
    assert name and tags == {"mlflow.runName": name}
    return [answer["info"]["status"], name.count("-"), answer["info"].get("start_time")]


@step("runs: a run's name is its tag, whichever is changed")
def names(s):
    run = s.client.create_run(s.kept.experiment, run_name="one").info.run_id
    seen = [s.client.get_run(run).data.tags["mlflow.runName"]]
    s.client.update_run(run, name="two")
    seen.append(s.client.get_run(run).data.tags["mlflow.runName"])
    s.client.set_tag(run, "mlflow.runName", "three")
    seen.append(s.client.get_run(run).info.run_name)
    other = s.raw(
        "POST", "runs/create", {"experiment_id": s.kept.experiment, "run_name": "x", "tags": [{"key": "mlflow.runName", "value": "y"}]}
    )
    return [seen, other.status_code]


@step("runs: status and end are set, with and without a name")
def status(s):
    run = s.client.create_run(s.kept.experiment, run_name="status").info.run_id
    s.client.update_run(run, status="SCHEDULED")
    seen = [plain_run(s.client.get_run(run))]
    s.client.update_run(run, name="only the name")
    seen.append(plain_run(s.client.get_run(run)))
    s.client.set_terminated(run, status="FAILED", end_time=1_500_000_009_999)
    seen.append([plain_run(s.client.get_run(run)), s.client.get_run(run).info.end_time])
    s.client.set_terminated(run)
    seen.append(plain_run(s.client.get_run(run)))
    return [seen, [RunStatus.to_string(value) for value in RunStatus.all_status()]]


@step("runs: params are kept as text, and the same value again is no change")
def params(s):
    run = s.client.create_run(s.kept.experiment, run_name="params").info.run_id
    for key, value in (("depth", 7), ("rate", 0.05), ("none", None), ("empty", ""), ("ключ", "значение"), ("a/b.c d", "x"), ("depth", 7)):
        s.client.log_param(run, key, value)
    s.client.log_param(run, "long", "v" * 6000)
    refusals = [s.refused(lambda: s.client.log_param(run, "depth", 8)), s.refused(lambda: s.client.log_param(run, "too long", "v" * 6001))]
    got = plain_run(s.client.get_run(run))
    return [got, refusals]


@step("runs: tags are set, replaced and deleted")
def tags(s):
    run = s.client.create_run(s.kept.experiment, run_name="tags").info.run_id
    s.client.set_tag(run, "t", 1)
    s.client.set_tag(run, "t", "2")
    s.client.set_tag(run, "empty", "")
    s.client.set_tag(run, "multi", "line one\nline two\t☃")
    s.client.set_tag(run, "mlflow.note.content", "# note")
    s.client.set_tag(run, "long", "v" * 8000)
    seen = [plain_run(s.client.get_run(run), ours=False)]
    s.client.delete_tag(run, "t")
    seen.append(plain_run(s.client.get_run(run), ours=False))
    return [seen, s.refused(lambda: s.client.delete_tag(run, "t")), s.refused(lambda: s.client.set_tag(run, "too long", "v" * 8001))]


@step("runs: a deleted run is kept, takes nothing more, and comes back")
def delete_restore(s):
    run = s.client.create_run(s.kept.experiment, run_name="deleted").info.run_id
    s.client.log_metric(run, "m", 1.0)
    s.client.delete_run(run)
    gone = plain_run(s.client.get_run(run))
    refusals = [
        s.refused(lambda: s.client.log_metric(run, "m", 2.0)),
        s.refused(lambda: s.client.log_param(run, "p", 1)),
        s.refused(lambda: s.client.set_tag(run, "t", 1)),
        s.refused(lambda: s.client.delete_tag(run, "t")),
        s.refused(lambda: s.client.log_batch(run, tags=[mlflow.entities.RunTag("a", "b")])),
        s.refused(lambda: s.client.update_run(run, status="FINISHED")),
        s.refused(lambda: s.client.delete_run(run)),
    ]

    def found(view):
        names = [r.info.run_name for r in s.client.search_runs([s.kept.experiment], run_view_type=view)]
        return names.count("deleted")

    views = [found(view) for view in (ViewType.ACTIVE_ONLY, ViewType.DELETED_ONLY, ViewType.ALL)]
    s.client.restore_run(run)
    return [gone, refusals, views, plain_run(s.client.get_run(run)), s.refused(lambda: s.client.restore_run(run))]


@step("runs: what is not there is refused")
def missing(s):
    nobody = "0" * 32
    return [
        s.refused(lambda: s.client.get_run(nobody)),
        s.refused(lambda: s.client.log_metric(nobody, "m", 1.0)),
        s.refused(lambda: s.client.log_param(nobody, "m", 1.0)),
        s.refused(lambda: s.client.set_tag(nobody, "m", 1.0)),
        s.refused(lambda: s.client.delete_run(nobody)),
        s.refused(lambda: s.client.restore_run(nobody)),
        s.refused(lambda: s.client.create_run("987654321")),
        s.refused(lambda: s.client.get_metric_history(nobody, "m")),
    ]


@step("runs: nested runs name their parent, and a failing one is marked as failed")
def nested(s):
    mlflow.set_experiment("nested")
    children = []
    with mlflow.start_run(run_name="parent", description="the parent", log_system_metrics=False) as parent:
        mlflow.log_params({"folds": 3, "model": "gbdt"})
        for fold in range(3):
            with mlflow.start_run(run_name=f"fold {fold}", nested=True, tags={"fold": str(fold)}) as child:
                mlflow.log_metrics({"accuracy": 0.5 + fold / 100, "loss": 0.69})
                children.append(child.info.run_id)
        mlflow.log_dict({"folds": 3}, "summary.json")
        mlflow.log_text("ünï", "notes/a.txt")
    try:
        with mlflow.start_run(run_name="fails"):
            raise KeyError("on purpose")
    except KeyError:
        pass
    seen = [s.client.get_run(child) for child in children]
    assert all(child.data.tags["mlflow.parentRunId"] == parent.info.run_id for child in seen)
    found = mlflow.search_runs(filter_string=f"tags.mlflow.parentRunId = '{parent.info.run_id}'", order_by=["metrics.accuracy DESC"], output_format="list")
    failed = mlflow.search_runs(filter_string="status = 'FAILED'", output_format="list")
    return [[plain_run(child) for child in seen], [r.info.run_name for r in found], [r.info.run_name for r in failed], plain_run(s.client.get_run(parent.info.run_id)), s.client.get_parent_run(children[0]).info.run_name]


@step("runs: one is continued by its id")
def resumed(s):
    mlflow.set_experiment("nested")
    with mlflow.start_run(run_name="continued") as run:
        mlflow.log_metric("m", 1, step=0)
    with mlflow.start_run(run_id=run.info.run_id):
        mlflow.log_metric("m", 2, step=1)
        mlflow.set_tag("again", "yes")
    return plain_run(s.client.get_run(run.info.run_id))
