"""Of what a person would call a resource at least nine in ten are found, and nothing else is taken for one."""

import pytest
from documents import NAMES, SEEN, load

EXPECTED = 0.9


@pytest.mark.parametrize("name", sorted(SEEN))
def test_what_a_person_sees(name: str) -> None:
    if name not in NAMES:
        pytest.skip("needs ../shared (the vendors' documents) beside the repository")
    found = set(load(name).apis[name].understanding.resources)
    seen = set(SEEN[name].split())
    assert found - seen == set(), "taken for a resource"
    assert len(found) >= EXPECTED * len(seen), sorted(seen - found)
