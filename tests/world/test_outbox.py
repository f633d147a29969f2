"""The outbox as a value: whatever happens to deliveries, what waits is what is due, and nothing grows without bound."""

from hypothesis import given
from hypothesis import strategies as st

from mockserver.world.outbox import MAX_WAITING, Attempt, Outbox, Retry, Webhook

PLAIN = Webhook("wh_1", "http://127.0.0.1:1/", retry=Retry(attempts=3))
ORDERED = Webhook("wh_2", "http://127.0.0.1:2/", ordered=True, retry=Retry(attempts=2))

Act = st.one_of(
    st.just(("emit",)),
    st.tuples(st.just("attempt"), st.integers(1, 20), st.sampled_from([0, 200, 410, 500])),
    st.tuples(st.just("again"), st.integers(1, 20)),
    st.tuples(st.just("refuse"), st.integers(1, 20)),
    st.just(("unsubscribe",)),
)


@given(st.lists(Act, max_size=40))
def test_what_waits_is_what_has_a_due_time(acts: list[tuple[object, ...]]) -> None:
    outbox = Outbox().subscribed(PLAIN).subscribed(ORDERED)
    for now, (name, *rest) in enumerate(acts, 1_000):
        number = rest[0] if rest else 0
        if name == "emit":
            outbox = outbox.emitted(1, now, "crm", "made", {"n": now})
        elif name == "unsubscribe":
            outbox = outbox.unsubscribed("wh_1")
        elif number in outbox.deliveries:
            due = outbox.deliveries[number].due is not None
            if name == "attempt" and due:
                outbox = outbox.attempted(1, number, Attempt(now, {}, rest[1]))
            elif name == "refuse" and due:
                outbox = outbox.refused(number, "no")
            elif name == "again":
                outbox = outbox.again(number, now)
        waiting = {(each.due, each.number) for each in outbox.deliveries.values() if each.due is not None}
        assert set(outbox.waiting.upward()) == waiting
        assert all((each.state == "waiting") == (each.due is not None) for each in outbox.deliveries.values())
        first = [each.number for each in outbox.due(10**12) if each.webhook == "wh_2"]
        assert len(first) <= 1


def test_a_queue_that_is_full_takes_no_more_but_says_so() -> None:
    outbox = Outbox().subscribed(PLAIN)
    for number in range(MAX_WAITING + 5):
        outbox = outbox.emitted(1, number, "crm", "made", {})
    assert len(outbox.waiting) == MAX_WAITING
    dead = [each for each in outbox.deliveries.values() if each.state == "dead"]
    assert [each.reason for each in dead] == [f"{MAX_WAITING} deliveries are waiting already"] * 5


def test_what_is_done_is_kept_within_bounds() -> None:
    outbox = Outbox().subscribed(PLAIN)
    for number in range(1, 1_200):
        outbox = outbox.emitted(1, number, "crm", "made", {}).attempted(1, number, Attempt(number, {}, 200))
    assert sorted(outbox.deliveries) == list(range(200, 1_200))


def test_an_old_outbox_knows_nothing_of_a_later_one() -> None:
    before = Outbox().subscribed(PLAIN).emitted(1, 1, "crm", "made", {})
    after = before.attempted(1, 1, Attempt(2, {}, 200))
    assert (before.deliveries[1].state, after.deliveries[1].state) == ("waiting", "delivered")
