"""Compares two recordings of the session: status, shape and values of every answer, and what the session itself found.

    python compare.py GENUINE OTHER
"""

import difflib
import json
import re
import sys
from collections import Counter
from dataclasses import dataclass, field

from allowed import ALLOWED
from normalise import Normaliser

SHOWN = 160


@dataclass
class StepRecord:
    exchanges: list = field(default_factory=list)
    order: str = "exact"
    value: object = None
    error: str | None = None
    finished: bool = False


@dataclass
class Result:
    """A step's differences: those that fail it, and those that are allowed, each with its rule."""

    name: str
    refused: list
    allowed: list
    note: str = ""


def read(path):
    """The steps of a recording, normalised, by name."""
    with open(path, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    began, ended = lines[0]["now"], lines[-1].get("now")
    if lines[-1]["kind"] != "end":
        raise ValueError(f"{path} must end with the session's end, ended with {lines[-1]['kind']} of step {lines[-1]['step']}")
    normaliser = Normaliser(began, ended)
    steps = {}
    for line in lines[1:-1]:
        number = list(steps).index(line["step"]) if line["step"] in steps else len(steps)
        step = steps.setdefault(line["step"], StepRecord())
        if line["kind"] == "exchange":
            step.exchanges.append(_exchange(line, number, normaliser))
        else:
            step.order = line["order"]
            step.error = line.get("error")
            step.value = normaliser.value(line.get("value"))
            step.finished = True
    return steps


def _exchange(line, number, normaliser):
    normaliser.exchange(number, line["method"], line["path"])
    # The request first: its ids were known before those of the answer.
    normaliser.answering = False
    asked = {
        "method": line["method"],
        "path": normaliser.text(line["path"]),
        "query": normaliser.value(line["query"]),
        "request": normaliser.value(line["request"]),
    }
    normaliser.answering = line["status"] < 400
    return {**asked, "status": line["status"], "type": line["type"], "body": normaliser.value(line["body"])}


def _label(exchange):
    return f"{exchange['method']} {exchange['path']}"


def _key(exchange):
    return _label(exchange) + json.dumps([exchange["query"], exchange["request"]], sort_keys=True)


def differences(genuine, other):
    """What differs between two records of one step, each as one line."""
    found = []
    for side, step in (("the genuine server", genuine), ("the other", other)):
        if step is None or not step.finished:
            found.append(f"the step did not run against {side}")
        elif step.error:
            found.append(f"the session failed against {side}: {step.error}")
    if genuine is None or other is None:
        return found
    a, b = genuine.exchanges, other.exchanges
    if genuine.order == "counted":
        return found + _counts(a, b) + _unequal("what the session found", genuine.value, other.value)
    if genuine.order == "any":
        a, b = (sorted(side, key=_key) for side in (a, b))
    keys = [[_key(exchange) for exchange in side] for side in (a, b)]
    for kind, i1, i2, j1, j2 in difflib.SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        if kind == "equal":
            for left, right in zip(a[i1:i2], b[j1:j2]):
                found += _answers(left, right)
        else:
            found += _unmatched(a[i1:i2], b[j1:j2])
    if not genuine.error and not other.error:
        found += _unequal("what the session found", genuine.value, other.value)
    return found


def _unmatched(a, b):
    """Exchanges between equal ones: those to the same endpoint, in their order, asked for different things."""
    found, left = [], list(b)
    for exchange in a:
        other = next((other for other in left if _label(other) == _label(exchange)), None)
        if other is None:
            found.append(f"{_label(exchange)}: asked of the genuine server only")
        else:
            left.remove(other)
            found += _answers(exchange, other)
    return found + [f"{_label(exchange)}: asked of the other only" for exchange in left]


def _counts(a, b):
    a, b = (Counter(f"{_label(exchange)} ({exchange['status']})" for exchange in side) for side in (a, b))
    return [f"{label}: must come {a[label]} times, came {b[label]} times" for label in sorted(a | b) if a[label] != b[label]]


def _answers(left, right):
    asked = left["request"] if left["request"] is not None else left["query"]
    about = f"{_label(left)} {_short(asked)}"
    request = _unequal(f"{about}: request", left["request"], right["request"]) + _unequal(f"{about}: query", left["query"], right["query"])
    if left["status"] != right["status"]:
        # What their bodies hold differs then, too.
        return [f"{about}: must be {left['status']} {_short(left['body'])}, was {right['status']} {_short(right['body'])}", *request]
    about = f"{about} ({left['status']})"
    found = _unequal(f"{about}: content type", left["type"], right["type"])
    return found + _unequal(f"{about}: body", left["body"], right["body"]) + request


def _unequal(where, left, right):
    if isinstance(left, dict) and isinstance(right, dict):
        found = []
        for name in sorted(left.keys() | right.keys()):
            if name not in right:
                found.append(f"{where}.{name}: must be {_short(left[name])}, was left out")
            elif name not in left:
                found.append(f"{where}.{name}: must be left out, was {_short(right[name])}")
            else:
                found += _unequal(f"{where}.{name}", left[name], right[name])
        return found
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        if _is_set(where, left):
            left, right = (sorted(side, key=lambda item: json.dumps(item, sort_keys=True)) for side in (left, right))
        return [text for i, pair in enumerate(zip(left, right)) for text in _unequal(f"{where}[{i}]", *pair)]
    # JSON has one kind of number: 1.0 and 1 are the same.
    if left == right and isinstance(left, bool) == isinstance(right, bool):
        return []
    return [f"{where}: must be {_short(left)}, was {_short(right)}"]


def _is_set(where, items):
    """Lists whose order is no promise: key and value pairs, and aliases."""
    name = where.rsplit(".", 1)[-1]
    if "/metrics/get-history {" in where:
        return False
    return name in ("tags", "params", "metrics", "aliases", "model_inputs", "model_outputs", "dataset_inputs", "latest_versions") and all(isinstance(item, (dict, str)) for item in items)


def _short(value):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def compare(genuine_path, other_path):
    """Steps with their differences: those that are allowed, with the reason, and those that are not."""
    genuine, other = read(genuine_path), read(other_path)
    results = []
    for name in dict.fromkeys([*genuine, *other]):
        if name is None:
            continue
        refused, allowed = [], []
        for text in differences(genuine.get(name), other.get(name)):
            rule = next((rule for rule in ALLOWED if re.search(rule.step, name) and re.search(rule.difference, text)), None)
            (allowed if rule else refused).append((text, rule))
        results.append(Result(name, refused, allowed))
    return results


def newer(results, against_newer, version):
    """An older client may also be answered as the genuine server of a newer version answers it, step by step."""
    by_name = {result.name: result for result in against_newer}
    merged = []
    for result in results:
        alike = by_name.get(result.name)
        if result.refused and alike and not alike.refused:
            result = Result(result.name, [], alike.allowed, f"as MLflow {version} answers this client; {len(result.refused)} differences from its own version")
        merged.append(result)
    return merged


def report(results, say=print):
    """Prints each step; gives the number of those that passed and that failed, and the rules that were needed."""
    passed, failed, used = 0, 0, set()
    for result in results:
        used |= {rule for _, rule in result.allowed}
        notes = [result.note] if result.note else []
        notes += [f"{len(result.allowed)} allowed"] if result.allowed else []
        say(f"{'✗' if result.refused else '✓'} {result.name}" + (f" ({', '.join(notes)})" if notes else ""))
        for text, _ in result.refused:
            say(f"    {text}")
        passed, failed = passed + (not result.refused), failed + bool(result.refused)
    return passed, failed, used


if __name__ == "__main__":
    passed, failed, _ = report(compare(*sys.argv[1:3]))
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
