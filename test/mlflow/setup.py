"""Makes the two Python environments of the MLflow suite, once for each content of their requirements.

    python3 test/mlflow/setup.py

They lie in .cache/mlflow-venvs. A folder without its `complete` file was cut off on the way and is made again.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = HERE.parent.parent / ".cache" / "mlflow-venvs"
VERSIONS = {"3": "3.17.2", "2": "2.22.5"}
OLDEST, NEWEST = (3, 11), (3, 13)


def lacking():
    """What is missing for the suite, in one line; None when nothing is."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        return f"Python 3.11 to 3.13 is needed for the pinned packages, this is {sys.version.split()[0]}"
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return "Python's venv module is needed (Debian: apt-get install python3-venv)"
    return None


def environment(major):
    """The Python of the environment with MLflow `major`, made when it is not there yet."""
    requirements = HERE / f"requirements-{major}.txt"
    key = hashlib.sha256(requirements.read_bytes() + str(sys.version_info[:2]).encode()).hexdigest()[:12]
    folder = CACHE / f"{major}-{key}"
    python = folder / "bin" / "python"
    complete = folder / "complete"
    if complete.exists():
        return python
    print(f"installing MLflow {VERSIONS[major]} into {folder}", flush=True)
    for outdated in CACHE.glob(f"{major}-*"):
        shutil.rmtree(outdated)
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--requirement"]
    subprocess.run([python, *install, requirements], check=True)
    complete.touch()
    return python


if __name__ == "__main__":
    missing = lacking()
    if missing:
        sys.exit(missing)
    for major in VERSIONS:
        print(environment(major))
