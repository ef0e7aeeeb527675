"""npm run test:mlflow: unmodified MLflow clients of two versions against Ares and against their own servers.

    python3 test/mlflow/run.py [--version 3|2] [--self] [--fresh] [--keep FOLDER] [STEP…]

For each version it runs the session against the genuine server and against Ares, and compares what was recorded. A recording of the genuine server is kept in
.cache/mlflow-venvs for as long as the session does not change; --fresh makes it again. --self compares the genuine server with itself: nothing may differ.
At the end it tries examples/bring-your-own-model, which the word "example" does alone.
"""

import argparse
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path

import setup

HERE = Path(__file__).resolve().parent
#: Ares speaks as its server does.
NEWEST = "3"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", choices=list(setup.VERSIONS), action="append", help="only this major version of the client")
    parser.add_argument("--self", action="store_true", help="compare the genuine server with itself")
    parser.add_argument("--fresh", action="store_true", help="record the genuine server again")
    parser.add_argument("--keep", help="leave the recordings in this folder")
    parser.add_argument("steps", nargs="*", help="only steps whose names begin with one of these")
    return parser.parse_args()


def record(python, server, path, steps):
    """Runs the session against a server that is started for it."""
    with server as (url, token):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")}
        environment |= {"MLFLOW_TRACKING_URI": url, "PYTHONDONTWRITEBYTECODE": "1", **({"MLFLOW_TRACKING_TOKEN": token} if token else {})}
        with open(f"{path}.log", "w") as log:
            done = subprocess.run([python, HERE / "session.py", path, *steps], env=environment, stdout=log, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise RuntimeError(f"the session must run to its end, ended with {done.returncode}:\n{Path(f'{path}.log').read_text()[-3000:]}")


def genuine_record(major, server, fresh, steps):
    """A recording of a client of one major version with the genuine server of one, made once for each content of the session and each choice of steps."""
    import servers

    sources = [HERE / "session.py", HERE / "steps.py", HERE / "recorder.py", HERE / "servers.py", *sorted((HERE / "parts").glob("*.py")), HERE / f"requirements-{major}.txt"]
    content = b"".join(source.read_bytes() for source in sources) + (HERE / f"requirements-{server}.txt").read_bytes() + "\n".join(steps).encode()
    path = setup.CACHE / f"genuine-{major}-{server}-{hashlib.sha256(content).hexdigest()[:16]}.jsonl"
    if fresh or not path.exists():
        print(f"recording the session of MLflow {setup.VERSIONS[major]} against MLflow {setup.VERSIONS[server]} itself", flush=True)
        partial = path.with_suffix(".partial")
        record(str(setup.environment(major)), servers.genuine(str(setup.environment(server))), str(partial), steps)
        partial.rename(path)
    return str(path)


def version(major, options, folder):
    import servers
    from compare import compare, newer, report

    python = str(setup.environment(major))
    genuine = genuine_record(major, major, options.fresh, options.steps)
    other = str(folder / f"{'genuine' if options.self else 'ares'}-{major}.jsonl")
    print(f"the session of MLflow {setup.VERSIONS[major]} against {'the genuine server again' if options.self else 'Ares'}", flush=True)
    record(python, servers.genuine(python) if options.self else servers.ares(), other, options.steps)
    results = compare(genuine, other)
    if major != NEWEST and not options.self:
        results = newer(results, compare(genuine_record(major, NEWEST, options.fresh, options.steps), other), setup.VERSIONS[NEWEST])
    if options.keep:
        shutil.copy(genuine, folder / f"genuine-{major}-recorded.jsonl")
    return report(results)


def main():
    missing = setup.lacking()
    if missing:
        print(missing)
        return 1
    # The runner itself uses the environment's packages: the first version's Python goes on from here.
    if not os.environ.get("MLFLOW_SUITE"):
        python = str(setup.environment("3"))
        os.execve(python, [python, __file__, *sys.argv[1:]], {**os.environ, "MLFLOW_SUITE": "1", "PYTHONDONTWRITEBYTECODE": "1"})
    from allowed import ALLOWED

    # Ended from outside, it ends its servers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    options = arguments()
    majors = options.version or list(setup.VERSIONS)
    passed = failed = 0
    used = set()
    with nullcontext(options.keep) if options.keep else tempfile.TemporaryDirectory() as folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        for major in majors if options.steps != ["example"] else []:
            good, bad, rules = version(major, options, Path(folder))
            passed, failed, used = passed + good, failed + bad, used | rules
    whole = not options.steps and not options.self and len(majors) == len(setup.VERSIONS)
    for rule in ALLOWED if whole else []:
        if rule not in used:
            failed += 1
            print(f"✗ allowed.py: this difference does not occur any more: {rule.step} · {rule.difference}")
    if whole or options.steps == ["example"]:
        from example import try_example

        good, bad = try_example(str(setup.environment("3")))
        passed, failed = passed + good, failed + bad
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
