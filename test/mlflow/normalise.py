"""Makes two recordings comparable: what differs from server to server by nature gets the same name in both."""

import hashlib
import json
import re
from collections import Counter

HEX = re.compile(r"(?<![0-9a-f])(m-)?[0-9a-f]{32}(?![0-9a-f])")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
COMMIT = re.compile(r"(?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f])")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)?")
FOLDER = re.compile(r"/tmp/tmp\w+|/dev/shm/tmp\w+")
ADDRESS = re.compile(r"https?://127\.0\.0\.1:\d+")
PLACE = re.compile(r"(mlflow-artifacts:/|mlflow-artifacts/(?:artifacts|mpu/create|mpu/complete|mpu/abort)/)(\d+)(?=/|$)")
NUMBER = re.compile(r"(experiment(?: with)?(?:[ _]id)?s?[ =:'\"(]+)(\d+)", re.I)
#: A Python set in a message: its order is chance.
SET = re.compile(r"\{('[^'{}]*'(?:, '[^'{}]*')*)\}?")
#: What the genuine server's database says of itself.
DATABASE = re.compile(r"\s*(Error: )?\((raised as a result of|sqlite3\.).*", re.S)
#: The place of a run or a model below the root of artifacts.
BELOW_ROOT = re.compile(r"(?<![\w/-])\d+(?=/(?:[0-9a-f]{32}|models/m-))")
EXPERIMENT_KEYS = {"experiment_id", "experiment_ids", "source_experiment_id"}
#: A generated name: adjective, noun, number.
RUN_NAME = re.compile(r"^[a-z]+-[a-z]+-\d+$")
#: Files whose size depends on ids and times in them.
SIZED_BY_CHANCE = re.compile(r"(^|/)(MLmodel|registered_model_meta|input_example\.json|model\.pkl|python_model\.pkl|.*\.png|estimator\.html|cv_results\.csv|model_summary\.txt)$")
CHANCE_TAGS = {"mlflow.source.git.commit", "mlflow.source.name", "mlflow.user"}
#: Ares' own experiment, for the models that it registers itself.
OURS = "Ares_Trading"
MINUTE = 60_000


class Normaliser:
    """One for each recording. An id is named after the answer in which it first appears, so that one id more or less does not rename those that follow."""

    def __init__(self, began, ended):
        self._now = (began - MINUTE, ended + MINUTE)
        self._ids = {}
        self._seen = Counter()
        self._where, self._here = "", 0
        #: Whether what comes now is the server's.
        self.answering = False

    def exchange(self, step, method, path):
        """Says of which exchange the next values are: ids that are new in it are named after it."""
        label = f"{step} {method} {re.sub(r'[0-9]+|[0-9a-f]{32}|m-[0-9a-f]{32}', '', path.split('/artifacts/')[0])}"
        self._seen[label] += 1
        self._where, self._here = f"{step}.{hashlib.sha256(label.encode()).hexdigest()[:4]}.{self._seen[label]}", 0

    def _named(self, kind, value):
        names = self._ids.setdefault(kind, {})
        if value not in names:
            self._here += 1
            names[value] = f"<{kind} {self._where}.{self._here}>"
        return names[value]

    def _experiment(self, value):
        if value == "0" or not value.isdigit():
            return value
        # A number that only requests have ever held is no experiment of the server.
        return self._named("experiment", value) if self.answering else self._ids.get("experiment", {}).get(value, value)

    def text(self, value):
        sentence = "xperiment" in value and not value.startswith("/")
        value = ADDRESS.sub("<server>", value)
        value = PLACE.sub(lambda m: m[1] + self._experiment(m[2]), value)
        value = BELOW_ROOT.sub(lambda m: self._experiment(m[0]), value)
        value = COMMIT.sub("<commit>", value)
        value = HEX.sub(lambda m: m[0] if set(m[0]) <= {"0", "m", "-"} else self._named("model" if m[1] else "id", m[0]), value)
        value = UUID.sub(lambda m: self._named("uuid", m[0]), value)
        value = MOMENT.sub("<moment>", value)
        value = FOLDER.sub("<folder>", value)
        value = SET.sub(lambda m: "{" + ", ".join(sorted(m[1].split(", "))) + "}", value)
        value = DATABASE.sub("", value)
        if sentence:
            # In sentences and filters, where no field says that a number is an experiment.
            known = self._ids.get("experiment", {})
            value = NUMBER.sub(lambda m: m[1] + known.get(m[2], m[2]), value)
        return value

    def value(self, value, key=None):
        if isinstance(value, dict):
            return self._object(value)
        if isinstance(value, list):
            return [self.value(item, key) for item in value]
        if isinstance(value, str):
            return self._string(value, key)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and self._now[0] <= value <= self._now[1]:
            return "<now>"
        return value

    def _object(self, value):
        if value.get("key") in CHANCE_TAGS and "value" in value:
            value = {**value, "value": f"<{value['key']}>"}
        if value.get("key") == "mlflow.runName" and RUN_NAME.match(str(value.get("value"))):
            value = {**value, "value": "<generated name>"}
        if SIZED_BY_CHANCE.search(str(value.get("path", ""))) and "file_size" in value:
            value = {**value, "file_size": "<size>"}
        if isinstance(value.get("experiments"), list):
            value = {**value, "experiments": [item for item in value["experiments"] if item.get("name") != OURS]}
        return {self.text(name): self.value(item, name) for name, item in value.items()}

    def _string(self, value, key):
        if key in EXPERIMENT_KEYS:
            return self._experiment(value)
        if key in ("next_page_token", "page_token") and value not in ("", "nonsense", "x"):
            return "<token>"
        if key in ("run_name", "name") and RUN_NAME.match(value):
            return "<generated name>"
        if key in ("user_id",) and value not in ("ada", "bob"):
            return "<user>"
        if value[:1] in "{[" and len(value) > 2:
            try:
                # JSON in a string, as in tags: compared by what it holds.
                return {"<json>": self.value(json.loads(value))}
            except ValueError:
                pass
        if re.fullmatch(r"\d{13}", value) and self._now[0] <= int(value) <= self._now[1]:
            return "<now>"
        return self.text(value)
