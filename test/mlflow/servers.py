"""Starts and ends the servers that a session talks to."""

import contextlib
import os
import re
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 120


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _fast_folder():
    """A folder in memory where there is one: the genuine server's database syncs at every write."""
    shared = Path("/dev/shm")
    return str(shared) if shared.is_dir() and os.access(shared, os.W_OK) else None


def _wait(url, process, log):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with contextlib.suppress(requests.RequestException):
            if requests.get(f"{url}/health", timeout=5).status_code == 200:
                return
        time.sleep(0.2)
    raise RuntimeError(f"{url} must answer within {PATIENCE} s, did not:\n{Path(log).read_text()[-3000:]}")


@contextlib.contextmanager
def _running(command, url, folder, environment):
    log = os.path.join(folder, "server.log")
    with open(log, "wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, cwd=ROOT, env={**os.environ, **environment}, start_new_session=True)
    try:
        yield process, log
    finally:
        # Its own process group: the server's workers end with it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 15)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)


@contextlib.contextmanager
def genuine(python):
    """MLflow's own server: SQLite, proxied artifacts, one worker. Gives its address and no token."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(dir=_fast_folder()) as folder:
        command = [
            python, "-m", "mlflow", "server", "--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--artifacts-destination", f"{folder}/artifacts",
            "--serve-artifacts", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
        ]
        quiet = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "PATH": f"{Path(python).parent}:{os.environ['PATH']}"}
        with _running(command, url, folder, quiet) as (process, log):
            _wait(url, process, log)
            yield url, None


@contextlib.contextmanager
def ares():
    """Ares' registry in an empty data directory. Gives its address and the token it prints once."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        command = [ROOT / "ares", "registry", "--port", str(port), "--data-dir", f"{folder}/data"]
        with _running(command, url, folder, {}) as (process, log):
            _wait(url, process, log)
            yield url, _printed_token(log)


def _printed_token(log):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        printed = re.search(r"MLFLOW_TRACKING_TOKEN=(\S+)|token\W+(\S{20,})", Path(log).read_text())
        if printed:
            return printed.group(1) or printed.group(2)
        time.sleep(0.1)
    raise RuntimeError(f"the first start must print a token, printed:\n{Path(log).read_text()}")
