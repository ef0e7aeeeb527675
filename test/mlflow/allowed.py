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


MALFORMED = "Ares refuses a malformed request that the genuine server takes for something else"
INSIDE = "the genuine server fails inside where Ares says what is wrong with the request"
WORDING = "the same code; no client looks at how this part of the message is worded"

ALLOWED = [
    Allowed(r"", r"body\.(sqlstate|error_class): must be .*, was left out", "MLflow 3 adds two names for the same code, which none of its clients reads"),
    # What the genuine server takes.
    Allowed(r"batches: wrong", r'"value": "one".*: must be 200 .*, was 400 ', MALFORMED),
    Allowed(r"inputs: malformed", r'"datasets": \[\{"tags": \[\]\}\]\}: must be 200 .*, was 400 ', MALFORMED),
    Allowed(r"search of runs|refusals", r'"(run_)?view_type": "(SOME|NO_SUCH)"\}: must be 200 .*, was 400 ', MALFORMED),
    Allowed(r"refusals: wrong requests for runs", r'"tags": "x"\}: must be 200 .*, was 400 ', MALFORMED),
    Allowed(r"refusals: wrong requests for runs", r'"key": "a", "value": 5\}\]\}: must be 200 .*, was 400 ', MALFORMED),
    Allowed(r"refusals: wrong requests for runs", r'"tags": \[\{"key": "k{20,}.*: must be 200 .*, was 400 ', MALFORMED),
    Allowed(r"refusals: wrong requests for runs", r'"status": "NO_SUCH"\}: must be 200 .*, was 400 ', MALFORMED),
    Allowed(r"refusals: wrong requests for runs", r'"timestamp": 1\.5, .*: must be 200 .*, was 400 ', MALFORMED),
    Allowed(r"refusals: wrong requests for runs", r'"max_results": \["x"\]\}: must be 200 .*, was 400 ', MALFORMED),
    Allowed(r"artifacts: paths", r"(\\|\x00).*: must be (200|404) .*, was 400 .*Invalid path", "a backslash parts a path on some systems and a NUL ends it, so Ares takes neither"),
    Allowed(r"artifacts: paths", r'\\u0000.*body\.message: must be .*, was "Invalid path"', "the same"),
    # Where Ares keeps things otherwise.
    Allowed(r"inputs: (one dataset|runs are)", r'source\.<json>\.uri: must be "here", was "another source"|found\[0\]\[3\]\.<json>\.uri', "a run keeps its inputs itself, so a dataset has the source it was logged with, not that of its first logging anywhere"),
    Allowed(r"refusals: wrong requests for runs", r'"key": "k", "value": "v.*body\.run\.data\.tags\[0\]\.value', "a tag has at most 8,000 characters, also where it comes with the run"),
    # Where the genuine server fails.
    Allowed(r"", r": must be 500 .*, was 400 .*(INVALID_PARAMETER_VALUE|BAD_REQUEST)", INSIDE),
    Allowed(r"search of models|logged models", r'must be "INTERNAL_ERROR", was "INVALID_PARAMETER_VALUE"', INSIDE),
    Allowed(r"search of models|logged models", r"(registered-models|logged-models)/search: asked of the other only", INSIDE),
    Allowed(r"experiments: one is renamed", r'must be "BAD_REQUEST", was "RESOURCE_ALREADY_EXISTS"', "the genuine server passes on what its database says of a name that is taken"),
    Allowed(r"", r'body\.message: must be "", was ', "the genuine server says no more than its database did"),
    Allowed(r"refusals: the wrong method|artifacts: paths", r'must be 40[45] "<!doctype html>.*, was 404 ', "a program is answered in JSON, not with a page"),
    Allowed(r"refusals: the wrong method|artifacts: paths", r'\(404\): (content type|body): must be "(text/html|<!doctype html>)', "a program is answered in JSON, not with a page"),
    Allowed(r"artifacts: paths", r'artifacts/ \{\}: must be 400 \{"detail": .*, was 404 ', "a path without a name is no path of an artifact"),
    # What is not offered.
    Allowed(r"", r"server-info \{\} \(200\): body\.(features_enabled\.gateway|presigned_upload_\w+): must be true, was false", "no gateway, and single files go through the API or in parts"),
    Allowed(r"", r"server-info: asked of the genuine server only", "a client remembers that uploads can be signed, and asks again where they cannot"),
    # Where the genuine server is not right.
    Allowed(r"logged models: a search", r"status = 'READY'", "the genuine server compares the name of a status with its number and finds nothing"),
    Allowed(r"logged models: a search", r'"datasets": \[\{"dataset_name": "ds"\}\]', "the genuine server takes a digest that was left out for an empty one and finds nothing"),
    Allowed(r"logged models: a search", r"what the session found\[4\]", "the same"),
    Allowed(r"server: health", r'/version .*content type: must be "text/html", was "text/plain"', "a version is no page"),
    # Wording.
    Allowed(r"", r'body\.message: must be "Invalid value .* for parameter .*, was "Invalid value .* for parameter ', WORDING),
    Allowed(r"", r'body\.message: must be "Invalid page token.*, was "Invalid page token', WORDING),
    Allowed(r"artifacts: paths", r'body\.message: must be "No such artifact: .*, was "No such artifact: ', "Ares names the path without what stands in it twice"),
    Allowed(r"registry: sources", r"""body\.message: must be "(Invalid model version source|'source' cannot use).*, was "(Invalid model version source|'source' cannot use)""", WORDING),
    Allowed(r"logged models: a search", r'body\.message: must be "Invalid comparison: tags\.kindIS NULL', WORDING),
]
