"""Names of the session's steps, in the order they run, and what each of them may use."""

import os
from dataclasses import dataclass, field
from types import SimpleNamespace

import requests

STEPS = []


@dataclass(frozen=True)
class Step:
    name: str
    run: object
    #: How its exchanges compare: "exact"; "any" order, where several threads make them; or only "counted", where chance is also in what they carry.
    order: str
    #: Major versions of the client that can do it.
    versions: tuple


def step(name, order="exact", versions=(2, 3)):
    """Adds a step. What it returns is compared between the two servers, and so is every exchange it makes."""

    def add(run):
        if any(known.name == name for known in STEPS):
            raise ValueError(f"a step's name must be its own, was taken: {name}")
        STEPS.append(Step(name, run, order, versions))
        return run

    return add


def code_of(answer):
    """The error code of an answer: genuine ones are not always JSON."""
    try:
        return answer.json().get("error_code", "answered")
    except ValueError:
        return "no JSON"


@dataclass
class Session:
    base: str
    token: str | None
    major: int
    folder: str
    recorder: object
    client: object
    #: What one step leaves for the next ones.
    kept: SimpleNamespace = field(default_factory=SimpleNamespace)

    def __post_init__(self):
        self._http = requests.Session()
        if self.token:
            self._http.headers["Authorization"] = f"Bearer {self.token}"

    def raw(self, method, path, body=None, params=None, data=None, headers=None):
        """A request past the client, for what it would refuse to send itself."""
        prefix = "" if path.startswith("/") else "/api/2.0/mlflow/"
        return self._http.request(
            method, f"{self.base}{prefix}{path}", json=body, params=params, data=data, headers=headers, timeout=300
        )

    def refused(self, call):
        """The code with which the server refuses what `call` asks for, or that it does not: the genuine server decides what is right."""
        from mlflow.exceptions import MlflowException

        try:
            call()
        except MlflowException as error:
            return error.error_code
        return "not refused"

    def path(self, *names):
        return os.path.join(self.folder, *names)
