"""Where Ares may answer differently from the genuine server, and why. Nothing else may differ.

A line that matches no difference of a whole run is reported as stale.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Allowed:
    #: Regular expression over the step's name.
    step: str
    #: Regular expression over the difference as it is printed.
    difference: str
    reason: str


ALLOWED = [
    Allowed(r"", r"body\.(sqlstate|error_class): must be .*, was left out", "MLflow 3 adds two names for the same code, which none of its clients reads"),
]
