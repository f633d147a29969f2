"""A mistake in a file of fixtures or keys is told before anything is served: file, line, place, and what was meant."""

# ruff: noqa: E501  a row of the table is read more easily in one line

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver import service, sources
from mockserver.cli.documents import Reading, read
from mockserver.spec.errors import SpecError


def complaint(api: str, reading: Reading) -> str:
    with pytest.raises(SpecError) as caught:
        service.load(read({api: str(sources.bundled()[api])}, reading))
    return str(caught.value)


@pytest.mark.parametrize(
    ("api", "text", "told"),
    [
        ("pulse", "records:\n  userz: {count: 3}", "2 at /records/userz: there is no resource 'userz' (did you mean 'users'?)"),
        ("pulse", "records:\n  users:\n    named:\n    - {id: usr_A, email: a@b.co, role: admn}",
         "4 at /records/users/named/0/role: role must be one of admin, editor or viewer"),
        ("pulse", "records:\n  users:\n    named:\n    - {email: a@b.co}", "4 at /records/users/named/0: a named record of users has no id"),
        ("pulse", "records:\n  users:\n    named:\n    - {id: usr_A}\n    - {id: usr_A}",
         "5 at /records/users/named/1: a named record of users has the id 'usr_A' of another one"),
        ("pulse", "records:\n  users:\n    named:\n    - {id: usr_A, email: a@b.co}\n    - id: usr_B\n      email: A@b.co",
         "6 at /records/users/named/1/email: users: two named records have the email 'A@b.co'"),
        ("pulse", "keys:\n  k: {}\n  k2:\n    user: usr_A", "4 at /keys/k2/user: no record has the id 'usr_A'"),
        ("pulse", "keys:\n  k: {role: admim}", "2 at /keys/k/role: there is no role 'admim' (did you mean 'admin'?)"),
        ("pulse", "keys:\n  k: {tier: pro}", "2 at /keys/k/tier: there is no tier 'pro' (did you mean 'Pro'?)"),
        ("pulse-leads", "records:\n  accounts: {named: [{id: acc_1}]}\n  leads:\n    named:\n    - {id: 1, accountId: acc_2}",
         "5 at /records/leads/named/0/accountId: accountId: 'acc_2' names no record of accounts"),
        ("pulse-leads", "records:\n  leads:\n    count: 2\n    fake:\n      status: {by: stage, cases: {}}",
         "5 at /records/leads/fake/status: there is no field 'stage'"),
        ("pulse-leads", "records:\n  leads:\n    count: 2\n    fake:\n      company: {faker: compny}",
         "5 at /records/leads/fake/company: faker has no 'compny' (did you mean 'company'?)"),
        ("pulse-leads", "records:\n  leads:\n    count: 2\n    fake:\n      status: {weights: {New: 0}}",
         "5 at /records/leads/fake/status: at least one weight must be above 0"),
        ("myra", "records:\n  stages: {named: [{id: stage_1}]}\n  deals:\n    named: [{id: d, stage_id: stage_2}]",
         "4 at /records/deals/named/0/stage_id: stage_id: 'stage_2' names no record of stages"),
    ],
)  # fmt: skip
def test_a_mistake_in_fixtures_is_told_with_its_place(api: str, text: str, told: str, tmp_path: Path) -> None:
    file = tmp_path / "seed.yaml"
    file.write_text(text + "\n")
    assert complaint(api, Reading(fixtures=str(file))).startswith(f"{file}:{told}")


def test_a_mistake_in_a_file_of_keys_is_told_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "keys.yaml"
    file.write_text("k1: {name: me}\nk2: {tier: Fre}\n")
    told = f"{file}:2 at /k2/tier: there is no tier 'Fre' (did you mean 'Free'?)"
    assert complaint("pulse", Reading(keys=str(file))) == told


def test_what_a_fixture_doesn_t_speak_of_may_be_referred_to(tmp_path: Path) -> None:
    """Records of one resource can be given without all that they name."""
    file = tmp_path / "seed.yaml"
    file.write_text("records: {deals: {named: [{id: d, stage_id: stage_2}]}}\n")
    assert service.load(read({"myra": str(sources.bundled()["myra"])}, Reading(fixtures=str(file))))
