"""Models from the training to the loading: ONNX and pyfunc, by number, stage, alias and `latest`."""

import numpy

import mlflow

from parts.registry import plain_model, plain_version
from steps import step

PINNED = ["onnxruntime"]


def small_onnx(weight):
    """A model of one multiplication: column sums times `weight`."""
    import onnx
    from onnx import TensorProto, helper

    graph = helper.make_graph(
        [helper.make_node("MatMul", ["input", "w"], ["output"])],
        "g",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, [None, 3])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [None, 1])],
        [helper.make_tensor("w", TensorProto.FLOAT, [3, 1], [weight] * 3)],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], producer_name="test")
    made.ir_version = 8
    onnx.checker.check_model(made)
    return made


def log_onnx(s, model, **more):
    named = {"name": "model"} if s.major > 2 else {"artifact_path": "model"}
    return mlflow.onnx.log_model(model, pip_requirements=PINNED, **named, **more)


def _predict(uri):
    rows = numpy.array([[1, 2, 3], [0, 0, 1]], dtype=numpy.float32)
    return mlflow.pyfunc.load_model(uri).predict(rows)["output"].ravel().tolist()


@step("models: an ONNX model is logged, registered and loaded by number, stage, alias and latest", order="any")
def onnx_life(s):
    mlflow.set_experiment("onnx")
    for weight in (1.0, 2.0, 3.0):
        with mlflow.start_run(run_name=f"weight {weight}") as run:
            mlflow.log_param("weight", weight)
            mlflow.log_metric("accuracy", 0.5 + weight / 100)
            log_onnx(s, small_onnx(weight), registered_model_name="net", signature=mlflow.models.infer_signature(numpy.zeros((1, 3), numpy.float32), numpy.zeros((1, 1), numpy.float32)))
    s.client.transition_model_version_stage("net", 1, "Production")
    s.client.transition_model_version_stage("net", 3, "Staging")
    s.client.set_registered_model_alias("net", "champion", 2)
    s.kept.onnx_run = run.info.run_id
    loaded = {uri: _predict(uri) for uri in ("models:/net/1", "models:/net/2", "models:/net/Production", "models:/net/Staging", "models:/net@champion", "models:/net/latest", f"runs:/{run.info.run_id}/model")}
    assert loaded["models:/net/Production"] == [6.0, 1.0] and loaded["models:/net@champion"] == [12.0, 2.0] and loaded["models:/net/latest"] == [18.0, 3.0], loaded
    versions = sorted((plain_version(v) for v in s.client.search_model_versions("name = 'net'")), key=lambda v: v["version"])
    return [[values for uri, values in loaded.items()], versions, plain_model(s.client.get_registered_model("net"))]


@step("models: one that is logged already is registered later", order="any")
def register_later(s):
    made = mlflow.register_model(f"runs:/{s.kept.onnx_run}/model", "later", tags={"source": "run"})
    return [plain_version(s.client.get_model_version("later", made.version)), _predict("models:/later/1"), made.run_id == s.kept.onnx_run]


@step("models: a promoted version is copied and loaded under its new name", order="any")
def promoted_copy(s):
    made = s.client.copy_model_version("models:/net@champion", "net-production")
    return [plain_version(made), _predict("models:/net-production/1")]


@step("models: what does not exist does not load", order="any")
def absent(s):
    from mlflow.exceptions import MlflowException

    seen = []
    for uri in ("models:/net/9", "models:/net@nobody", "models:/net/Archived", "models:/nothing/1", "models:/nothing/latest"):
        try:
            mlflow.pyfunc.load_model(uri)
            seen.append("loaded")
        except MlflowException as error:
            seen.append(error.error_code)
    return seen


@step("models: a python function with code, files and an example is kept", order="any")
def python_model(s):
    import pandas

    class Doubles(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input, params=None):
            return model_input * 2

    mlflow.set_experiment("onnx")
    named = {"name": "doubles"} if s.major > 2 else {"artifact_path": "doubles"}
    with mlflow.start_run(run_name="doubles"):
        info = mlflow.pyfunc.log_model(python_model=Doubles(), pip_requirements=[], registered_model_name="doubles", **named)
    answer = mlflow.pyfunc.load_model("models:/doubles/1").predict(pandas.DataFrame({"a": [1, 2]}))
    return [answer["a"].tolist(), list(info.flavors), mlflow.models.get_model_info("models:/doubles/1").flavors["python_function"]["loader_module"]]
