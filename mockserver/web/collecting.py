"""When Python looks for garbage among cycles of objects, so that it costs requests next to nothing.

A call that is answered at once leaves records and a journal, and no cycles (tests/web/test_collecting.py), but Python
would look at each object that stays, once: an eighth of what a POST costs, in pauses of 70 ms. So what came in a short
while is looked at now and then only, as a sample; where it holds cycles, everything is looked at for a time.
"""

from __future__ import annotations

import asyncio
import gc

PAUSE = 0.1  # seconds between two looks
EVERY = 10  # looks, of which one takes a sample
WARY = 100  # looks after a sample with cycles, in which everything is looked at
FEW = 1_000  # new objects that are left for the next look
MOST = 2_000_000  # new objects between two looks: Python's own collection, if ever so many come


class Collecting:
    """Looks for garbage while a server runs, in place of Python's own collections."""

    def __init__(self) -> None:
        self.looks = 0
        self.wary = 0  # looks to come in which everything is looked at

    async def go_on(self) -> None:
        """Looks for as long as the server runs."""
        # What was loaded stays. Loading leaves hardly any garbage, so nothing is collected before: of a large document
        # that alone would take 0.1 s.
        gc.freeze()
        gc.set_threshold(MOST, 1_000, 1_000)
        gc.enable()
        while True:
            await asyncio.sleep(PAUSE)
            self.look()

    def look(self) -> None:
        """Collects what is garbage among the objects that came since the last look, or takes them for no garbage."""
        if gc.get_count()[0] < FEW:
            return
        self.looks += 1
        often = self.looks % EVERY == 0
        if not self.wary and not often:
            gc.freeze()  # what is there is never looked at again
            return
        found = gc.collect(1 if self.wary and often else 0)
        self.wary = WARY if found else max(self.wary - 1, 0)
