"""The registry: registered models, versions, aliases, stages, copies, tags."""

from concurrent.futures import ThreadPoolExecutor

from steps import code_of, step


def plain_model(model):
    return {
        "name": model.name,
        "description": model.description,
        "tags": dict(sorted(model.tags.items())),
        "aliases": {name: str(version) for name, version in sorted(model.aliases.items())},
        "latest": sorted([v.current_stage, str(v.version)] for v in model.latest_versions or []),
    }


def plain_version(version):
    return {
        "name": version.name,
        "version": str(version.version),
        "stage": version.current_stage,
        "description": version.description,
        "status": version.status,
        "message": version.status_message,
        "tags": dict(sorted(version.tags.items())),
        "aliases": sorted(version.aliases),
        "link": version.run_link,
        "user": version.user_id,
    }


def _version(s, name, **more):
    """A version made from a run's artifact, as register_model of a client makes it."""
    run = s.client.create_run(s.kept.experiment, run_name=f"for {name}")
    s.client.log_text(run.info.run_id, "x", "model/weights.txt")
    return s.client.create_model_version(name, f"{run.info.artifact_uri}/model", run.info.run_id, **more)


@step("registry: a model is created with tags and a description")
def create(s):
    made = s.client.create_registered_model("trend", tags={"owner": "ada", "empty": ""}, description="follows\nthe trend")
    assert made.creation_timestamp == made.last_updated_timestamp
    s.client.create_registered_model("bare")
    return [plain_model(s.client.get_registered_model("trend")), plain_model(s.client.get_registered_model("bare"))]


@step("registry: names may hold spaces, dots and other scripts, but no slash or colon")
def names(s):
    fine = []
    for name in ("with space", "dots.and-dashes_", "模型", "it's", "n" * 250):
        s.client.create_registered_model(name)
        fine.append(s.client.get_registered_model(name).name)
    post = lambda body: code_of(s.raw("POST", "registered-models/create", body))  # noqa: E731
    return [fine, [post({"name": name}) for name in ("a/b", "a:b", "", None, 5, "n" * 257, "..")], post({})]


@step("registry: a name that is taken is refused")
def taken(s):
    return s.refused(lambda: s.client.create_registered_model("trend"))


@step("registry: versions count up and keep what they were made from")
def versions(s):
    made = [
        _version(s, "trend", tags={"k": "v", "e": ""}, description="the first", run_link="https://example.org/run"),
        _version(s, "trend"),
        _version(s, "trend"),
    ]
    s.kept.versions = made
    seen = [plain_version(s.client.get_model_version("trend", version.version)) for version in made]
    uris = [s.client.get_model_version_download_uri("trend", version.version).split("/")[-1] for version in made]
    return [seen, uris]


@step("registry: two makers of a version at once get different numbers", order="any")
def parallel(s):
    s.client.create_registered_model("contended")
    run = s.client.create_run(s.kept.experiment, run_name="contended").info
    make = lambda _: s.client.create_model_version("contended", f"{run.artifact_uri}/m", run.run_id, await_creation_for=0)  # noqa: E731
    s.recorder.paused = True
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(make, range(8)))
    s.recorder.paused = False
    # Their times are chance, and later searches order by them.
    s.client.delete_registered_model("contended")
    return sorted(int(version.version) for version in made)


@step("registry: sources that are no place of the server are refused")
def sources(s):
    run = s.client.create_run(s.kept.experiment, run_name="sources")
    s.client.create_registered_model("sources")
    tried = (
        "/etc/passwd", "file:///etc/passwd", "../x", "./x", "s3://bucket/key", "mlflow-artifacts:/a/../../b", "mlflow-artifacts:/a/%2e%2e/b",
        "https://example.org/model", "", "models:/trend/1", "runs:/x/model", "http://host/path/../../..", "mlflow-artifacts://other-host/x", "s3:/bucket?path=/tmp", "file://remote/x",
    )
    for source in tried:
        for more in ({}, {"run_id": run.info.run_id}):
            s.raw("POST", "model-versions/create", {"name": "sources", "source": source, **more})


@step("registry: a version's description changes")
def update_version(s):
    s.client.update_model_version("trend", 1, description="another")
    seen = plain_version(s.client.get_model_version("trend", 1))
    s.client.update_model_version("trend", 1, description="")
    return [seen, plain_version(s.client.get_model_version("trend", 1)), s.refused(lambda: s.client.update_model_version("trend", 99, description="x"))]


@step("registry: tags of models and versions are set, replaced and deleted")
def tags(s):
    s.client.set_registered_model_tag("trend", "owner", "grace")
    s.client.set_registered_model_tag("trend", "long", "v" * 5000)
    s.client.set_model_version_tag("trend", "1", "k", "w")
    s.client.set_model_version_tag("trend", "1", "blank", "")
    seen = [plain_model(s.client.get_registered_model("trend")), plain_version(s.client.get_model_version("trend", 1))]
    for _ in range(2):
        s.client.delete_registered_model_tag("trend", "owner")
        s.client.delete_model_version_tag("trend", "1", "k")
    seen += [plain_model(s.client.get_registered_model("trend")), plain_version(s.client.get_model_version("trend", 1))]
    nobody = [
        s.refused(lambda: s.client.set_registered_model_tag("absent", "a", "b")),
        s.refused(lambda: s.client.delete_registered_model_tag("absent", "a")),
        s.refused(lambda: s.client.set_model_version_tag("trend", "99", "a", "b")),
        s.refused(lambda: s.client.delete_model_version_tag("trend", "99", "a")),
    ]
    return [seen, nobody]


@step("registry: a version's tag is set by its stage")
def tags_by_stage(s):
    s.client.create_registered_model("staged tags")
    _version(s, "staged tags")
    s.client.transition_model_version_stage("staged tags", 1, "Staging")
    s.client.set_model_version_tag("staged tags", key="a", value="b", stage="Staging")
    seen = plain_version(s.client.get_model_version("staged tags", 1))
    s.client.delete_model_version_tag("staged tags", key="a", stage="Staging")
    return [seen, plain_version(s.client.get_model_version("staged tags", 1))]


@step("registry: aliases name one version, move and go")
def aliases(s):
    s.client.set_registered_model_alias("trend", "champion", 1)
    s.client.set_registered_model_alias("trend", "challenger", 2)
    seen = [plain_version(s.client.get_model_version_by_alias("trend", "champion"))]
    s.client.set_registered_model_alias("trend", "champion", 2)
    seen.append(plain_version(s.client.get_model_version_by_alias("trend", "champion")))
    seen.append(plain_version(s.client.get_model_version("trend", 1)))
    seen.append(plain_model(s.client.get_registered_model("trend")))
    s.client.delete_registered_model_alias("trend", "champion")
    s.client.delete_registered_model_alias("trend", "champion")
    nobody = [
        s.refused(lambda: s.client.get_model_version_by_alias("trend", "champion")),
        s.refused(lambda: s.client.set_registered_model_alias("trend", "x", 99)),
        s.refused(lambda: s.client.set_registered_model_alias("absent", "x", 1)),
        s.refused(lambda: s.client.get_model_version_by_alias("absent", "x")),
    ]
    post = lambda alias: s.raw("POST", "registered-models/alias", {"name": "trend", "alias": alias, "version": "1"}).status_code  # noqa: E731
    return [seen, nobody, [[alias, post(alias)] for alias in ("latest", "LATEST", "v1", "V2", "a/b", "a b", "", "é", "x" * 256, "ok-1_", "1")], plain_model(s.client.get_registered_model("trend"))]


@step("registry: stages change, and archive the versions that were there")
def stages(s):
    move = s.client.transition_model_version_stage
    seen = [plain_version(move("trend", 1, "Staging")), plain_version(move("trend", 2, "Production"))]
    seen.append(plain_version(move("trend", 3, "production")))
    seen.append([plain_version(v) for v in sorted(s.client.get_latest_versions("trend"), key=lambda v: int(v.version))])
    seen.append(plain_version(move("trend", 1, "Production", archive_existing_versions=True)))
    seen.append([s.client.get_model_version("trend", v).current_stage for v in (1, 2, 3)])
    seen.append([[str(v.version), v.current_stage] for v in s.client.get_latest_versions("trend", ["Production"])])
    seen.append([[str(v.version), v.current_stage] for v in s.client.get_latest_versions("trend", ["None", "archived"])])
    seen.append(plain_model(s.client.get_registered_model("trend")))
    refused = [
        s.refused(lambda: move("trend", 1, "Shadow")),
        s.refused(lambda: move("trend", 99, "Staging")),
        s.refused(lambda: move("trend", 1, "None", archive_existing_versions=True)),
        s.refused(lambda: move("trend", 1, "Archived", archive_existing_versions=True)),
        s.refused(lambda: s.client.get_latest_versions("trend", ["Shadow"])),
        s.refused(lambda: s.client.get_latest_versions("absent")),
    ]
    return [seen, refused]


@step("registry: a version is copied with its tags, and from a copy again")
def copy(s):
    first = s.client.copy_model_version("models:/trend/2", "copied")
    second = s.client.copy_model_version("models:/copied/1", "copied again")
    third = s.client.copy_model_version("models:/trend@challenger", "copied")
    seen = [plain_version(s.client.get_model_version(v.name, v.version)) for v in (first, second, third)]
    uris = [s.client.get_model_version_download_uri(v.name, v.version) for v in (first, second, third)]
    assert len(set(uris)) == 1, uris
    return [seen, [v.source for v in (first, second, third)], s.refused(lambda: s.client.copy_model_version("models:/trend/99", "copied"))]


@step("registry: a model is renamed with its versions and aliases")
def rename(s):
    s.client.create_registered_model("old name", tags={"a": "b"}, description="kept")
    _version(s, "old name")
    s.client.set_registered_model_alias("old name", "best", 1)
    s.client.rename_registered_model("old name", "new name")
    seen = [plain_model(s.client.get_registered_model("new name")), plain_version(s.client.get_model_version("new name", 1)), plain_version(s.client.get_model_version_by_alias("new name", "best"))]
    refused = [
        s.refused(lambda: s.client.get_registered_model("old name")),
        s.refused(lambda: s.client.get_model_version("old name", 1)),
        s.refused(lambda: s.client.rename_registered_model("new name", "trend")),
        s.refused(lambda: s.client.rename_registered_model("absent", "x")),
        s.raw("POST", "registered-models/rename", {"name": "new name", "new_name": "a/b"}).status_code,
        s.raw("POST", "registered-models/rename", {"name": "new name"}).status_code,
    ]
    again = s.client.create_registered_model("old name")
    return [seen, refused, plain_model(again)]


@step("registry: a model's description changes")
def update(s):
    s.client.update_registered_model("bare", "described now")
    seen = plain_model(s.client.get_registered_model("bare"))
    s.client.update_registered_model("bare", "")
    return [seen, plain_model(s.client.get_registered_model("bare")), s.refused(lambda: s.client.update_registered_model("absent", "x"))]


@step("registry: a deleted version is gone, its alias with it, and its number is not used again")
def delete_version(s):
    s.client.create_registered_model("shrinks")
    for _ in range(3):
        _version(s, "shrinks")
    s.client.set_registered_model_alias("shrinks", "doomed", 3)
    s.client.set_registered_model_alias("shrinks", "stays", 1)
    s.client.delete_model_version("shrinks", 3)
    s.client.delete_model_version("shrinks", 2)
    refused = [
        s.refused(lambda: s.client.get_model_version("shrinks", 3)),
        s.refused(lambda: s.client.delete_model_version("shrinks", 3)),
        s.refused(lambda: s.client.get_model_version_by_alias("shrinks", "doomed")),
        s.refused(lambda: s.client.get_model_version_download_uri("shrinks", 3)),
        s.refused(lambda: s.client.transition_model_version_stage("shrinks", 3, "Staging")),
    ]
    after = _version(s, "shrinks")
    return [refused, plain_version(after), plain_model(s.client.get_registered_model("shrinks"))]


@step("registry: a deleted model is gone with its versions, aliases and tags")
def delete(s):
    s.client.create_registered_model("doomed", tags={"a": "b"})
    _version(s, "doomed")
    s.client.set_registered_model_alias("doomed", "best", 1)
    s.client.delete_registered_model("doomed")
    refused = [
        s.refused(lambda: s.client.get_registered_model("doomed")),
        s.refused(lambda: s.client.delete_registered_model("doomed")),
        s.refused(lambda: s.client.get_model_version("doomed", 1)),
        s.refused(lambda: s.client.get_model_version_by_alias("doomed", "best")),
        s.refused(lambda: s.client.get_latest_versions("doomed")),
        s.refused(lambda: s.client.create_model_version("doomed", "mlflow-artifacts:/x")),
    ]
    s.client.create_registered_model("doomed")
    first = _version(s, "doomed")
    return [refused, plain_version(first), plain_model(s.client.get_registered_model("doomed"))]
