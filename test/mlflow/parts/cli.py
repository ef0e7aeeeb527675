"""Commands of the `mlflow` command line."""

import os
import re
import subprocess
import sys

from click.testing import CliRunner

from steps import step


def _command(*words):
    from mlflow.cli import cli

    answer = CliRunner().invoke(cli, list(words))
    assert answer.exit_code == 0, (words, answer.output, answer.exception)
    return answer.output


def _words(text):
    """Output of a table or a sentence as words: its spacing depends on how long ids are, ids on the server."""
    return [re.sub(r"^-+$", "--", word) for word in text.split()]


@step("command line: experiments are created, renamed, deleted, restored and searched")
def experiments(s):
    said = _command("experiments", "create", "--experiment-name", "from the shell")
    made = s.client.get_experiment_by_name("from the shell").experiment_id
    assert made in said
    _command("experiments", "rename", "--experiment-id", made, "--new-name", "renamed by the shell")
    _command("experiments", "delete", "--experiment-id", made)
    gone = s.client.get_experiment(made).lifecycle_stage
    _command("experiments", "restore", "--experiment-id", made)
    listed = _command("experiments", "search")
    assert "renamed by the shell" in listed
    return [gone, s.client.get_experiment(made).lifecycle_stage, "from the shell" in listed]


@step("command line: runs are listed, described, deleted and restored")
def runs(s):
    made = s.client.create_experiment("shell runs")
    run = s.client.create_run(made, run_name="one").info.run_id
    s.client.log_metric(run, "m", 1.5, timestamp=1)
    listed = _words(_command("runs", "list", "--experiment-id", made))
    described = _command("runs", "describe", "--run-id", run)
    _command("runs", "delete", "--run-id", run)
    gone = s.client.get_run(run).info.lifecycle_stage
    _command("runs", "restore", "--run-id", run)
    return ["one" in listed, run in listed, '"m": 1.5' in described, gone, s.client.get_run(run).info.lifecycle_stage]


@step("command line: artifacts are logged, listed and downloaded")
def artifacts(s):
    run = s.client.create_run(s.kept.experiment, run_name="shell artifacts").info.run_id
    path = s.path("shell.txt")
    with open(path, "w") as file:
        file.write("from the shell")
    _command("artifacts", "log-artifact", "--local-file", path, "--run-id", run, "--artifact-path", "sub")
    listed = _command("artifacts", "list", "--run-id", run, "--artifact-path", "sub")
    said = _command("artifacts", "download", "--run-id", run, "--artifact-path", "sub/shell.txt", "-d", s.path("down"))
    return ["shell.txt" in listed, open(os.path.join(s.path("down"), "sub", "shell.txt") if os.path.exists(os.path.join(s.path("down"), "sub")) else s.path("down", "shell.txt")).read(), bool(said)]


@step("command line: runs of an experiment are written as a table")
def csv(s):
    out = s.path("runs.csv")
    _command("experiments", "csv", "--experiment-id", s.kept.searched, "--filename", out)
    header = open(out).readline().strip().split(",")
    return [sorted(header), sum(1 for _ in open(out)) - 1]


@step("command line: in a process of its own")
def process(s):
    answer = subprocess.run([sys.executable, "-m", "mlflow", "experiments", "search"], capture_output=True, text=True, timeout=120)
    return [answer.returncode, "momentum" in answer.stdout]
