"""Which operations the servers under test have answered, and how: for tools/wire_coverage.

Every server writes its access log to the file that its output goes to. When it is finished, the answers are counted into a
file for each process that runs tests, in the folder that CLAVIGER_COMPAT_SEEN names; without that nothing is counted.
"""

import collections
import json
import os
import pathlib

_counts = collections.Counter()  # (service, operation, error code or "") -> answers.


def note(logs):
    folder = os.environ.get("CLAVIGER_COMPAT_SEEN")
    if not folder:
        return
    for log in logs:
        if log.exists():
            _count(log)
    rows = [[*what, number] for what, number in sorted(_counts.items())]
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    (pathlib.Path(folder) / f"{os.getpid()}.json").write_text(json.dumps(rows), encoding="utf-8")


def _count(log):
    with open(log, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            try:
                answered = json.loads(line)
                _counts[answered["service"], answered["operation"], answered.get("error", "")] += 1
            except (ValueError, KeyError, TypeError):
                continue  # What the server says of itself, a line that a kill cut off, an operation it did not know.


def total(folder):
    """The counts of all processes together."""
    counts = collections.Counter()
    for path in pathlib.Path(folder).glob("*.json"):
        for service, operation, code, number in json.loads(path.read_text(encoding="utf-8")):
            counts[service, operation, code] += number
    return counts
