"""Search of registered models and of versions."""

from steps import step

MODEL_FILTERS = """
name = 'm-b'
name != 'm-b' AND name LIKE 'm-%'
name LIKE 'm-%'
name LIKE 'M-%'
name ILIKE 'M-%'
name LIKE '%b'
name LIKE 'm_c'
name LIKE ''
name = ''
name LIKE 'm-%' AND tags.kind = 'x'
tags.kind = 'x'
tag.kind = 'x'
tags.kind != 'x'
tags.kind LIKE 'x%' AND name LIKE 'm-%'
tags.kind ILIKE 'X'
tags.kind = 'x' AND tags.other = 'z'
tags.`kind` = 'y'
tags.'kind' = 'y'
NAME LIKE 'm-%'
name = 'm-b' OR name = 'm-c'
name > 'm'
name = m
description = 'x'
name IN ('m-b', 'm-c')
name =
metrics.m > 1
attributes.name = 'm-b'
tags.kind > 'x'
tags.kind IS NULL
""".strip("\n").split("\n")

VERSION_FILTERS = """
name = 'm-b'
name LIKE 'm-%'
name ILIKE 'M-B'
name != 'm-b' AND name LIKE 'm-%'
version_number = 2
version_number > 1 AND name = 'm-b'
version_number >= 2 AND name = 'm-b'
version_number < 3 AND name = 'm-b'
version_number != 2 AND name = 'm-b'
version_number = '2'
version_number LIKE '2'
version = 2
tags.kind = 'x'
tags.kind != 'x' AND name = 'm-b'
tags.kind LIKE '%' AND name = 'm-b'
source_path = '<source>/s/1'
source_path LIKE '<source>/s/%'
source = '<source>/s/1'
run_id = 'absent'
run_id IN ('absent')
run_id IN ()
run_id NOT IN ('a')
name IN ('m-b')
current_stage = 'Staging'
user_id = 'x'
name = 'm-b' OR name = 'm-c'
name > 'm'
run_id = 'a' AND name = 'm-b'
name = 'absent'
""".strip("\n").split("\n")


def _attempt(call):
    from mlflow.exceptions import MlflowException

    try:
        return call()
    except MlflowException as error:
        return error.error_code


def _fill(s):
    for name, kind in (("m-b", "x"), ("m-c", "xy"), ("m-a", "y"), ("M-D", "x")):
        s.client.create_registered_model(name, tags={"kind": kind, "other": "z"} if kind == "x" else {"kind": kind})
    run = s.kept.version_run = s.client.create_run(s.kept.experiment, run_name="versions").info.run_id
    other = s.kept.source_run = s.client.create_run(s.kept.experiment, run_name="sources of versions").info
    for number in range(4):
        tags = {"kind": "x" if number % 2 else "y"}
        s.client.create_model_version("m-b", f"{other.artifact_uri}/s/{number}", other.run_id, tags=tags)
    s.client.create_model_version("m-c", f"{other.artifact_uri}/s/1", other.run_id, tags={"kind": "x"})
    source = s.client.get_run(run).info.artifact_uri
    s.client.create_model_version("m-a", f"{source}/model", run_id=run)


@step("search of models: filters find what they say, bad ones are refused")
def models(s):
    _fill(s)
    names = lambda text: [model.name for model in s.client.search_registered_models(text, order_by=["name ASC"])]  # noqa: E731
    return {text: _attempt(lambda: names(text)) for text in MODEL_FILTERS}


@step("search of models: orders and pages")
def model_pages(s):
    names = lambda **query: [model.name for model in s.client.search_registered_models(**query)]  # noqa: E731
    seen, token, lengths = [], None, []
    while True:
        page = s.client.search_registered_models(max_results=5, page_token=token, order_by=["name DESC"])
        seen += [model.name for model in page]
        lengths.append(len(page))
        token = page.token
        if not token:
            break
    raw = lambda **query: s.raw("GET", "registered-models/search", params=query).status_code  # noqa: E731
    return [
        names(),
        names(order_by=["name DESC"], max_results=3),
        names(filter_string="name LIKE 'm-%'", order_by=["last_updated_timestamp ASC"]),
        names(filter_string="name LIKE 'm-%'", order_by=["last_updated_timestamp DESC", "name"]),
        names(filter_string="name LIKE 'm-%'", order_by=["timestamp DESC"]),
        seen, lengths,
        [_attempt(lambda: names(order_by=[text])) for text in ("creation_timestamp", "name UP", "description DESC", "", "name ASC, name DESC", "name,")],
        [raw(max_results=n) for n in (0, 1, -1, 1000, 1001)],
        raw(page_token="nonsense"),
    ]


@step("search of versions: filters find what they say, bad ones are refused")
def versions(s):
    source = s.kept.source_run.artifact_uri
    found = lambda text: sorted(f"{v.name} {v.version}" for v in s.client.search_model_versions(text.replace("<source>", source)))  # noqa: E731
    seen = {text: _attempt(lambda: found(text)) for text in VERSION_FILTERS}
    seen["by its run"] = found(f"run_id = '{s.kept.version_run}'")
    seen["by runs"] = found(f"run_id IN ('{s.kept.version_run}', 'x')")
    seen["everything"] = len(found(""))
    return seen


@step("search of versions: orders and pages")
def version_pages(s):
    found = lambda text="name LIKE 'm-%'", **query: [f"{v.name} {v.version}" for v in s.client.search_model_versions(text, **query)]  # noqa: E731
    seen, token, lengths = [], None, []
    while True:
        page = s.client.search_model_versions("name LIKE 'm-%'", max_results=4, page_token=token, order_by=["name ASC", "version_number DESC"])
        seen += [f"{v.name} {v.version}" for v in page]
        lengths.append(len(page))
        token = page.token
        if not token:
            break
    raw = lambda **query: s.raw("GET", "model-versions/search", params=query).status_code  # noqa: E731
    return [
        found(order_by=["name DESC", "version_number ASC"]),
        found(order_by=["creation_timestamp ASC"]),
        found("name = 'm-b'", order_by=["version_number DESC"], max_results=2),
        found("name = 'm-b'", order_by=["last_updated_timestamp ASC", "version_number"]),
        seen, lengths,
        [_attempt(lambda: found(order_by=[text])) for text in ("version ASC", "run_id ASC", "source_path DESC", "name UP", "absent")],
        [raw(max_results=n) for n in (0, 1, -1, 200_000, 200_001)],
        raw(page_token="nonsense"),
    ]
