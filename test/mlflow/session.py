"""A researcher's session against the server that MLFLOW_TRACKING_URI names, written down for comparison.

    MLFLOW_TRACKING_URI=http://127.0.0.1:5000 [MLFLOW_TRACKING_TOKEN=…] python session.py RECORD [STEP…]

Only steps whose name begins with one of the words are run, when there are any.
"""

import json
import os
import sys
import tempfile
import time
import traceback
import warnings

warnings.filterwarnings("ignore")
SETTINGS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ASYNC_LOGGING": "false",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "0",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "GIT_PYTHON_REFRESH": "quiet",
    "OMP_NUM_THREADS": "1",
}
os.environ.update({name: os.environ.get(name, value) for name, value in SETTINGS.items()})

import mlflow  # noqa: E402

from parts import ALL  # noqa: E402, F401
from recorder import Recorder  # noqa: E402
from steps import STEPS, Session  # noqa: E402


def main(record, words):
    base = os.environ["MLFLOW_TRACKING_URI"].rstrip("/")
    major = int(mlflow.__version__.split(".")[0])
    recorder = Recorder(record, base)
    recorder.watch()
    recorder.write(kind="begin", version=mlflow.__version__, now=int(time.time() * 1000))
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        token = os.environ.get("MLFLOW_TRACKING_TOKEN")
        session = Session(base, token, major, folder, recorder, mlflow.MlflowClient())
        for step in STEPS:
            if major not in step.versions or (words and not any(step.name.startswith(word) for word in words)):
                continue
            run(step, session, recorder)
    recorder.step = None
    recorder.write(kind="end", now=int(time.time() * 1000))


def run(step, session, recorder):
    recorder.step = step.name
    began = time.monotonic()
    try:
        value = json.loads(json.dumps(step.run(session)))
        recorder.write(kind="result", value=value, order=step.order)
        said = "done"
    except Exception as error:
        recorder.write(kind="result", error=f"{type(error).__name__}: {error}", order=step.order)
        said = f"failed: {error}"
        if os.environ.get("SESSION_TRACE"):
            traceback.print_exc()
    finally:
        recorder.paused = False
        while mlflow.active_run():
            mlflow.end_run()
    print(f"{time.monotonic() - began:7.2f} s  {step.name}: {said}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
