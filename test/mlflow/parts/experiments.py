"""Experiments: life, tags, names, search."""

import time

from mlflow.entities import ViewType

from steps import step


#: Ares' own experiment, for the models that it registers itself: no answer of the genuine server can hold it.
OURS = "name != 'Ares_Trading'"


def _plain(experiment):
    return {
        "name": experiment.name,
        "stage": experiment.lifecycle_stage,
        "location": experiment.artifact_location,
        "tags": dict(sorted(experiment.tags.items())),
    }


@step("experiments: the default one is there from the first use")
def default(s):
    experiment = s.client.get_experiment("0")
    return [_plain(experiment), experiment.experiment_id, _plain(s.client.get_experiment_by_name("Default"))]


@step("experiments: one is created with tags and found by id and by name")
def create(s):
    s.kept.experiment = s.client.create_experiment("momentum", tags={"team": "alpha", "empty": ""})
    by_id = s.client.get_experiment(s.kept.experiment)
    by_name = s.client.get_experiment_by_name("momentum")
    assert by_id.experiment_id == by_name.experiment_id == s.kept.experiment
    assert by_id.creation_time <= by_id.last_update_time
    return [_plain(by_id), _plain(by_name), s.client.get_experiment_by_name("nobody's") is None]


@step("experiments: names with spaces, quotes, slashes and other scripts are kept")
def names(s):
    found = []
    for name in ("with space", "it's \"quoted\"", "/Users/x/path", "価格", "a%b_c", "😀 emoji", "x" * 256):
        s.client.create_experiment(name)
        found.append(_plain(s.client.get_experiment_by_name(name)))
    return found


@step("experiments: the default one is deleted and restored like any other")
def default_deleted(s):
    s.client.delete_experiment("0")
    gone = _plain(s.client.get_experiment("0"))
    found = [found.name for found in s.client.search_experiments(filter_string="name = 'Default'")]
    s.client.restore_experiment("0")
    return [gone, found, _plain(s.client.get_experiment("0"))]


@step("experiments: one keeps the artifact location it was given")
def location(s):
    made = s.client.create_experiment("elsewhere", artifact_location="mlflow-artifacts:/somewhere/else")
    run = s.client.create_run(made)
    return [_plain(s.client.get_experiment(made)), run.info.artifact_uri]


@step("experiments: a name that is taken is refused, also by a deleted one")
def taken(s):
    first = s.refused(lambda: s.client.create_experiment("momentum"))
    gone = s.client.create_experiment("short-lived")
    s.client.delete_experiment(gone)
    return [first, s.refused(lambda: s.client.create_experiment("short-lived"))]


@step("experiments: tags are set, replaced and deleted")
def tags(s):
    made = s.client.create_experiment("tagged")
    s.client.set_experiment_tag(made, "stage", "one")
    s.client.set_experiment_tag(made, "stage", "two\nlines")
    s.client.set_experiment_tag(made, "empty", "")
    seen = [_plain(s.client.get_experiment(made))]
    missing = None
    if s.major > 2:
        s.client.delete_experiment_tag(made, "stage")
        seen.append(_plain(s.client.get_experiment(made)))
        missing = s.refused(lambda: s.client.delete_experiment_tag(made, "stage"))
    return [seen, missing]


@step("experiments: one is renamed, and its old name is free")
def rename(s):
    made = s.client.create_experiment("before")
    s.client.rename_experiment(made, "after")
    again = s.client.create_experiment("before")
    assert again != made
    return [_plain(s.client.get_experiment(made)), s.refused(lambda: s.client.rename_experiment(again, "after"))]


@step("experiments: one is deleted with its runs and restored with them")
def delete_restore(s):
    made = s.client.create_experiment("comes back")
    run = s.client.create_run(made)
    s.client.delete_experiment(made)
    gone = _plain(s.client.get_experiment(made))
    gone_run = s.client.get_run(run.info.run_id).info.lifecycle_stage
    refusals = [
        s.refused(lambda: s.client.create_run(made)),
        s.refused(lambda: s.client.rename_experiment(made, "renamed when deleted")),
        s.refused(lambda: s.client.set_experiment_tag(made, "a", "b")),
    ]
    s.client.restore_experiment(made)
    back = _plain(s.client.get_experiment(made))
    back_run = s.client.get_run(run.info.run_id).info.lifecycle_stage
    return [gone, gone_run, refusals, back, back_run]


@step("experiments: what is not there is refused, and so is deleting or restoring twice")
def missing(s):
    made = s.client.create_experiment("deleted twice")
    s.client.delete_experiment(made)
    return [
        s.refused(lambda: s.client.get_experiment("987654321")),
        s.refused(lambda: s.client.delete_experiment("987654321")),
        s.refused(lambda: s.client.restore_experiment("987654321")),
        s.refused(lambda: s.client.rename_experiment("987654321", "x")),
        s.refused(lambda: s.client.delete_experiment(made)),
        s.refused(lambda: s.client.restore_experiment(s.kept.experiment)),
    ]


@step("experiments: a search filters by view, name, tags and times, and orders")
def search(s):
    for name, tag in (("find-a", "x"), ("find-b", "y"), ("Find-C", "x"), ("find-d", None)):
        made = s.client.create_experiment(name)
        if tag:
            s.client.set_experiment_tag(made, "kind", tag)
        time.sleep(0.003)
    s.client.delete_experiment(made)

    def names(view=ViewType.ACTIVE_ONLY, filter_string="", **query):
        wanted = f"{filter_string} AND {OURS}" if filter_string else OURS
        return [found.name for found in s.client.search_experiments(view_type=view, filter_string=wanted, **query)]

    return [
        names(),
        names(ViewType.DELETED_ONLY),
        names(ViewType.ALL, filter_string="name LIKE 'find-%'"),
        names(filter_string="name = 'find-a'"),
        names(filter_string="name != 'find-a' AND name LIKE 'find-%'"),
        names(filter_string="attribute.name ILIKE 'FIND-%'"),
        names(filter_string="tags.kind = 'x'"),
        names(filter_string="tag.kind != 'x'"),
        names(filter_string="tags.kind LIKE '%' AND name ILIKE '%c'"),
        names(filter_string="tags.`kind` = 'y'"),
        names(filter_string="creation_time > 0 AND last_update_time >= 1"),
        names(filter_string="creation_time < 5"),
        names(order_by=["name ASC"]),
        names(order_by=["name DESC"], max_results=3),
        names(order_by=["creation_time DESC", "name"]),
        names(order_by=["last_update_time"], filter_string="name LIKE 'find%'"),
    ]


@step("experiments: a search orders by id")
def by_id(s):
    # Which id comes first is the server's affair; that they are in order is not.
    s.recorder.paused = True
    ids = [int(found.experiment_id) for found in s.client.search_experiments(order_by=["experiment_id ASC"])]
    return ids == sorted(ids)


@step("experiments: a search goes page by page")
def pages(s):
    seen, token, lengths = [], None, []
    while True:
        page = s.client.search_experiments(max_results=4, page_token=token, filter_string=OURS, order_by=["name ASC"])
        seen += [found.name for found in page]
        lengths.append(len(page))
        token = page.token
        if not token:
            break
    return [seen, lengths]
