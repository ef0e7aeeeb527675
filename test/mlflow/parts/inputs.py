"""Datasets: inputs of runs, and what is searched by them."""

import json

import numpy
import pandas

import mlflow
from mlflow.entities import Dataset, DatasetInput, InputTag

from steps import step


def _input(name, digest, tags=None, source="here"):
    dataset = Dataset(name=name, digest=digest, source_type="local", source=json.dumps({"uri": source}), schema="{}", profile=None)
    return DatasetInput(dataset, [InputTag(key, value) for key, value in (tags or {}).items()])


def _plain(run):
    return sorted(
        [i.dataset.name, i.dataset.digest, i.dataset.source_type, i.dataset.source, i.dataset.schema, i.dataset.profile, sorted([t.key, t.value] for t in i.tags)]
        for i in run.inputs.dataset_inputs
    )


@step("inputs: datasets are logged with their tags, and again without doubling")
def log(s):
    run = s.kept.input_run = s.client.create_run(s.kept.experiment, run_name="inputs").info.run_id
    s.client.log_inputs(run, [_input("candles", "d1", {"mlflow.data.context": "training", "x": ""})])
    s.client.log_inputs(run, [_input("candles", "d1", {"mlflow.data.context": "ignored"}), _input("candles", "d2"), _input("book", "d1", {"a": "b"})])
    s.client.log_inputs(run, [])
    return _plain(s.client.get_run(run))


@step("inputs: one dataset of several runs is one dataset")
def shared(s):
    run = s.client.create_run(s.kept.experiment, run_name="shares").info.run_id
    s.client.log_inputs(run, [_input("candles", "d1", {"mlflow.data.context": "validation"}, source="another source")])
    return _plain(s.client.get_run(run))


@step("inputs: data frames and arrays of the fluent client arrive")
def fluent(s):
    mlflow.set_experiment("datasets")
    frame = pandas.DataFrame({"open": [1.0, 2.0], "close": [2.0, 1.0]})
    with mlflow.start_run(run_name="frames") as run:
        mlflow.log_input(mlflow.data.from_pandas(frame, name="frame", source="candles.csv"), context="training", tags={"kind": "candles"})
        mlflow.log_input(mlflow.data.from_numpy(numpy.arange(6.0).reshape(3, 2), name="array"), context="testing")
    return _plain(s.client.get_run(run.info.run_id))


@step("inputs: runs are searched by their datasets")
def search(s):
    def names(filter_string):
        return sorted(run.info.run_name for run in s.client.search_runs([s.kept.experiment], filter_string))

    return [
        names("datasets.name = 'candles'"),
        names("dataset.name = 'candles' AND dataset.digest = 'd2'"),
        names("dataset.context = 'validation'"),
        names("dataset.name LIKE 'can%'"),
        names("dataset.name ILIKE 'BOO%'"),
        names("dataset.name IN ('book', 'x')"),
        names("dataset.name != 'candles'"),
        names("dataset.digest NOT IN ('d1')"),
        names("dataset.context = 'none'"),
        s.refused(lambda: names("dataset.size = '1'")),
    ]


@step("inputs: the datasets of experiments are listed")
def datasets(s):
    answer = s.raw("POST", "/ajax-api/2.0/mlflow/experiments/search-datasets", {"experiment_ids": [s.kept.experiment]})
    for body in ({}, {"experiment_ids": []}, {"experiment_ids": ["987654321"] * 1000}):
        s.raw("POST", "/ajax-api/2.0/mlflow/experiments/search-datasets", body)
    return sorted([d["name"], d["digest"], d.get("context")] for d in answer.json().get("dataset_summaries", []))


@step("inputs: long schemas and profiles are kept")
def long_texts(s):
    run = s.client.create_run(s.kept.experiment, run_name="long inputs").info.run_id
    dataset = Dataset("long", "d1", "local", "here", json.dumps({"c": "s" * 60_000}), json.dumps({"rows": "p" * 200_000}))
    s.client.log_inputs(run, [DatasetInput(dataset, [])])
    kept = s.client.get_run(run).inputs.dataset_inputs[0].dataset
    return [len(kept.schema), len(kept.profile)]


@step("inputs: malformed datasets are refused")
def refused(s):
    good = {"name": "n", "digest": "d", "source_type": "t", "source": "s"}
    run = s.kept.input_run
    bad = [
        {"run_id": run, "datasets": [{"tags": [], "dataset": {**good, "name": None}}]},
        {"run_id": run, "datasets": [{"tags": [], "dataset": {key: value for key, value in good.items() if key != "digest"}}]},
        {"run_id": run, "datasets": [{"dataset": {**good, "name": ""}}]},
        {"run_id": run, "datasets": [{"dataset": {**good, "name": "n" * 501}}]},
        {"run_id": run, "datasets": [{"dataset": {**good, "digest": "d" * 37}}]},
        {"run_id": run, "datasets": [{"dataset": {**good, "source": "s" * 65_536}}]},
        {"run_id": run, "datasets": [{"dataset": good, "tags": [{"key": "k" * 256, "value": "v"}]}]},
        {"run_id": run, "datasets": [{"dataset": good, "tags": [{"key": "k", "value": "v" * 501}]}]},
        {"run_id": run, "datasets": [{"tags": []}]},
        {"run_id": run, "datasets": "x"},
        {"run_id": "0" * 32, "datasets": [{"dataset": good}]},
        {"datasets": [{"dataset": good}]},
    ]
    for body in bad:
        s.raw("POST", "runs/log-inputs", body)
