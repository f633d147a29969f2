"""What it costs to guess a document's meaning: CPU seconds from a process's start to a service that is ready.

`python -m benchmarks.guessing DOCUMENT` prints those of all and those of guessing, of one fresh process.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from statistics import median
from typing import Any


def share(document: str, repeats: int = 3) -> float:
    """What guessing adds to start-up, as a part of all the rest: 0.1 is 10 %. The median of fresh processes."""
    found = []
    for _ in range(repeats):
        command = [sys.executable, "-m", "benchmarks.guessing", document]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        whole, guessing = map(float, done.stdout.split()[-2:])
        found.append(guessing / (whole - guessing))
    return median(found)


def main() -> None:
    """Starts as the command does, without a look for garbage, with a clock around what is guessed."""
    gc.disable()
    from mockserver import served, service, sources  # what is imported counts, too
    from mockserver.web import server  # noqa: F401  as `mockserver serve` needs it

    understand, spent = vars(served)["understand"], [0.0]

    def timed(*arguments: Any) -> Any:
        before = time.process_time()
        found = understand(*arguments)
        spent[0] += time.process_time() - before
        return found

    setattr(served, "understand", timed)  # noqa: B010  of a module, which has no such attribute to assign to
    name = sys.argv[1]
    path = str(sources.bundled().get(name, name))
    fixtures = sources.fixtures_of(name) if name in sources.bundled() else {}
    service.load([service.ApiSource("api", sources.document(path), fixtures)])
    print(time.process_time(), spent[0])


if __name__ == "__main__":
    main()
