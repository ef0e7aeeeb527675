"""Artifacts: bytes up and down, folders, lists, deletion, hostile paths."""

import hashlib
import io
import os
import random

import mlflow
from mlflow.artifacts import download_artifacts, list_artifacts

from steps import code_of, step

PROXY = "/api/2.0/mlflow-artifacts/artifacts"


def _bytes(size):
    return random.Random(size).randbytes(size)


def _sha(path):
    return hashlib.sha256(open(path, "rb").read()).hexdigest()[:16]


def _write(s, name, size):
    path = s.path(name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(_bytes(size))
    return path


def _tree(s, run, folder=None):
    found = {}
    for entry in s.client.list_artifacts(run, folder):
        found[entry.path] = "folder" if entry.is_dir else entry.file_size
        if entry.is_dir:
            found.update(_tree(s, run, entry.path))
    return found


@step("artifacts: files from 0 B to 50 MB come back as they went")
def sizes(s):
    run = s.kept.artifact_run = s.client.create_run(s.kept.experiment, run_name="artifacts").info.run_id
    seen = []
    for size in (0, 1, 1024, 1_000_003, 6_500_000, 50_000_000):
        path = _write(s, f"up/{size}.bin", size)
        s.client.log_artifact(run, path, "sizes")
        back = s.client.download_artifacts(run, f"sizes/{size}.bin", s.folder)
        assert _sha(back) == _sha(path), size
        seen.append([size, os.path.getsize(back), _sha(back)])
    return [seen, _tree(s, run)]


@step("artifacts: a folder goes up and comes down whole", order="any")
def folders(s):
    run = s.client.create_run(s.kept.experiment, run_name="folders").info.run_id
    for name in ("a.txt", "deep/b.txt", "deep/er/c.txt", "deep/er/d e.txt", "ünïcode/é.txt", "100%/x+y&z=1.txt", "[brackets]/~a!.txt"):
        _write(s, f"tree/{name}", len(name))
    s.client.log_artifacts(run, s.path("tree"), "base")
    s.client.log_artifacts(run, s.path("tree", "deep"))
    back = s.client.download_artifacts(run, "base", s.path())
    seen = {}
    for folder, _, files in os.walk(back):
        for file in files:
            name = os.path.relpath(os.path.join(folder, file), back)
            assert _sha(os.path.join(folder, file)) == _sha(s.path("tree", name)), name
            seen[name] = os.path.getsize(os.path.join(folder, file))
    assert len(seen) == 7, seen
    return [dict(sorted(seen.items())), _tree(s, run)]


@step("artifacts: lists are in order, and of files and absent folders empty")
def lists(s):
    run = s.client.create_run(s.kept.experiment, run_name="lists").info.run_id
    empty = _tree(s, run)
    for name in ("b.txt", "a.txt", "B.txt", "10.txt", "9.txt"):
        s.client.log_artifact(run, _write(s, f"lists/{name}", 3))
        s.client.log_artifact(run, _write(s, f"lists/{name}", 3), "sub/dir")
    names = lambda folder=None: [[f.path, f.is_dir, f.file_size] for f in s.client.list_artifacts(run, folder)]  # noqa: E731
    return [empty, names(), names("sub"), names("sub/dir"), names("sub/dir/"), names("a.txt"), names("absent"), names("sub/absent")]


@step("artifacts: the same name again replaces the bytes")
def replaced(s):
    run = s.client.create_run(s.kept.experiment, run_name="replaced").info.run_id
    s.client.log_text(run, "one", "note.txt")
    s.client.log_text(run, "two and more", "note.txt")
    s.client.log_dict(run, {"b": 1, "a": [1, 2]}, "data/values.json")
    s.client.log_dict(run, {"b": 1, "a": [1, 2]}, "data/values.yaml")
    text = lambda name: mlflow.artifacts.load_text(f"runs:/{run}/{name}")  # noqa: E731
    return [text("note.txt"), text("data/values.json"), text("data/values.yaml"), mlflow.artifacts.load_dict(f"runs:/{run}/data/values.json"), _tree(s, run)]


@step("artifacts: runs:/ and mlflow-artifacts:/ addresses lead to the same bytes")
def addresses(s):
    run = s.client.create_run(s.kept.experiment, run_name="addresses").info.run_id
    s.client.log_text(run, "text", "a/b.txt")
    uri = s.client.get_run(run).info.artifact_uri
    read = lambda address: open(download_artifacts(address)).read()  # noqa: E731
    listed = [f.path for f in list_artifacts(f"runs:/{run}/a")]
    return [read(f"runs:/{run}/a/b.txt"), read(f"{uri}/a/b.txt"), listed, uri.split(":")[0]]


@step("artifacts: tables and figures are kept")
def tables(s):
    mlflow.set_experiment(experiment_id=s.kept.experiment)
    run = s.client.create_run(s.kept.experiment, run_name="tables").info.run_id
    s.client.log_table(run, {"in": ["a", "b"], "out": [1, 2]}, "eval/table.json")
    s.client.log_table(run, {"in": ["c"], "out": [3]}, "eval/table.json")
    from matplotlib.figure import Figure

    figure = Figure()
    figure.subplots().plot([1, 2], [3, 4])
    s.client.log_figure(run, figure, "plots/line.png")
    frame = mlflow.load_table("eval/table.json", run_ids=[run])
    tags = s.client.get_run(run).data.tags
    return [frame.to_dict("list"), tags["mlflow.loggedArtifacts"], sorted(_tree(s, run))]


@step("artifacts: single files and whole folders are deleted")
def deleted(s):
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    run = s.client.create_run(s.kept.experiment, run_name="deletes").info.run_id
    for name in ("a.txt", "f/b.txt", "f/g/c.txt"):
        s.client.log_text(run, name, name)
    repository = get_artifact_repository(s.client.get_run(run).info.artifact_uri)
    repository.delete_artifacts("a.txt")
    after = [_tree(s, run)]
    repository.delete_artifacts("f")
    after.append(_tree(s, run))
    location = s.client.get_run(run).info.artifact_uri.split("mlflow-artifacts:/")[-1]
    return [after, s.raw("DELETE", f"{PROXY}/{location}/absent.txt").status_code, s.raw("GET", f"{PROXY}/{location}/a.txt").status_code]


@step("artifacts: the type of a download follows its name")
def types(s):
    run = s.client.create_run(s.kept.experiment, run_name="types").info.run_id
    location = s.client.get_run(run).info.artifact_uri.split("mlflow-artifacts:/")[-1]
    seen = {}
    for name in ("a.txt", "a.json", "a.html", "a.png", "a.csv", "a.yaml", "a.onnx", "MLmodel", "a.py", "a.svg", "a.pdf", "a.zip"):
        s.client.log_text(run, "x", name)
        answer = s.raw("GET", f"{PROXY}/{location}/{name}")
        via = s.raw("GET", "/get-artifact", params={"run_id": run, "path": name})
        header = lambda got, name: got.headers.get(name)  # noqa: E731
        seen[name] = [
            [got.status_code, header(got, "content-type"), header(got, "content-disposition"), header(got, "x-content-type-options"), got.text]
            for got in (answer, via)
        ]
    return seen


@step("artifacts: the proxy itself puts, gets, lists and deletes")
def proxy(s):
    put = s.raw("PUT", f"{PROXY}/raw/place/a b.txt", data=io.BytesIO(b"hello"))
    got = s.raw("GET", f"{PROXY}/raw/place/a b.txt")
    listed = s.raw("GET", PROXY, params={"path": "raw/place"}).json()
    deleted = s.raw("DELETE", f"{PROXY}/raw/place/a b.txt")
    gone = s.raw("GET", f"{PROXY}/raw/place/a b.txt")
    return [put.status_code, put.text, got.text, listed, deleted.text, gone.status_code, s.raw("GET", PROXY, params={"path": "nowhere"}).json()]


@step("artifacts: paths that lead out are refused by every call")
def hostile(s):
    run = s.client.create_run(s.kept.experiment, run_name="hostile").info.run_id
    s.client.log_text(run, "x", "a.txt")
    for path in ("../x", "a/../../x", "/etc/passwd", "..", "%2e%2e/x", "a\\..\\..\\x", "..%2fx", "file:///etc/passwd", "./a.txt", "a//b", "C:\\x", "\x00", "#a", "?a=b", ". .", "%252e%252e%252fx"):
        quoted = path.replace("%", "%25").replace("?", "%3F").replace("#", "%23").replace("\\", "%5C").replace("\x00", "%00")
        s.raw("GET", "artifacts/list", params={"run_id": run, "path": path})
        s.raw("GET", PROXY, params={"path": path})
        s.raw("GET", "/get-artifact", params={"run_id": run, "path": path})
        s.raw("GET", f"{PROXY}/x/{quoted}")
        s.raw("DELETE", f"{PROXY}/x/{quoted}")


@step("artifacts: multipart uploads are refused where the store has none")
def multipart(s):
    run = s.client.create_run(s.kept.experiment, run_name="multipart").info.run_id
    location = s.client.get_run(run).info.artifact_uri.split("mlflow-artifacts:/")[-1]
    create = s.raw("POST", f"/api/2.0/mlflow-artifacts/mpu/create/{location}", {"path": "big.bin", "num_parts": 3})
    return [create.status_code, code_of(create)]


@step("artifacts: a file is put through the page's own upload")
def upload(s):
    run = s.client.create_run(s.kept.experiment, run_name="upload").info.run_id
    path = "/ajax-api/2.0/mlflow/upload-artifact"
    good = s.raw("POST", path, params={"run_uuid": run, "path": "page/a.txt"}, data=b"from the page")
    bad = [
        s.raw("POST", path, params={"path": "a.txt"}, data=b"x").status_code,
        s.raw("POST", path, params={"run_uuid": run}, data=b"x").status_code,
        s.raw("POST", path, params={"run_uuid": run, "path": ""}, data=b"x").status_code,
        s.raw("POST", path, params={"run_uuid": run, "path": "../a.txt"}, data=b"x").status_code,
        s.raw("POST", path, params={"run_uuid": run, "path": "a.txt"}).status_code,
    ]
    return [good.status_code, bad, _tree(s, run)]
