"""Writes down every HTTP exchange of this process with the tracking server, and what each step of the session found."""

import json
import threading
from urllib.parse import parse_qs, unquote, urlsplit

import requests

KEPT_TEXT = 2_000


class Recorder:
    def __init__(self, path, base):
        self._file = open(path, "w", encoding="utf-8")
        self._base = base
        self._lock = threading.Lock()
        self.step = None
        self.paused = False

    def write(self, **line):
        with self._lock:
            self._file.write(json.dumps({"step": self.step, **line}) + "\n")
            self._file.flush()

    def watch(self):
        """From now on every request to the server is recorded, whichever part of the client sends it."""
        send = requests.Session.send
        recorder = self

        def recorded(session, request, **options):
            response = send(session, request, **options)
            if request.url.startswith(recorder._base) and not recorder.paused:
                recorder.write(kind="exchange", **recorder._exchange(request, response, options.get("stream")))
            return response

        requests.Session.send = recorded

    def _exchange(self, request, response, stream):
        parts = urlsplit(request.url)
        return {
            "method": request.method,
            "path": unquote(parts.path),
            "query": {name: values for name, values in parse_qs(parts.query, keep_blank_values=True).items()},
            "request": _request_body(request),
            "status": response.status_code,
            "type": response.headers.get("content-type", "").split(";")[0],
            "body": _response_body(response, stream),
        }


def _request_body(request):
    body = request.body
    if isinstance(body, bytes):
        body = body.decode("utf-8", "replace")
    if not isinstance(body, str):
        return None if body is None else "<stream>"
    return _json_or_text(body)


def _response_body(response, stream):
    """A download that succeeds is left to whoever asked for it: its bytes are compared by the session itself."""
    if stream and response.status_code < 400:
        return "<download>"
    return _json_or_text(response.text)


def _json_or_text(text):
    try:
        return json.loads(text)
    except ValueError:
        return text[:KEPT_TEXT]
