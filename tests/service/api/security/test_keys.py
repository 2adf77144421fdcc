"""Keys: made once, kept as digests in a file of the owner's alone, and gone when revoked."""

from __future__ import annotations

import hmac
import json
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import BadInput
from service.api.security import keys as keys_module
from service.api.security.keyring import Keyring
from service.api.security.keys import SECRET, KeyFile, digest_of, find_key
from service.cli.key_command import key as key_command


@pytest.fixture
def file(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "made" / "keys.json")


def test_a_key_is_kept_as_a_digest_in_a_file_of_its_owner_alone(file: KeyFile) -> None:
    secret = file.add("desk", ["read"])
    assert SECRET.fullmatch(secret)
    text = file.path.read_text("utf-8")
    assert secret not in text
    assert secret.removeprefix("msd_") not in text
    assert digest_of(secret) in text
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_keys_are_never_the_same(file: KeyFile) -> None:
    assert len({file.add(f"key-{number}", ["read"]) for number in range(20)}) == 20


def test_a_key_is_found_by_itself_alone(file: KeyFile) -> None:
    secret = file.add("desk", ["read", "write"])
    other = file.add("other", ["read"])
    found = find_key(secret, file.read())
    assert found is not None
    assert (found.name, found.scopes) == ("desk", {"read", "write"})
    changed = secret[:-1] + ("A" if secret[-1] != "A" else "B")
    for wrong in (changed, secret[:-1], secret + "A", digest_of(secret), "", "msd_", other.upper(), f" {secret}"):
        assert find_key(wrong, file.read()) is None


@given(st.text())
def test_no_text_is_a_key_by_accident(text: str) -> None:
    key = keys_module.ApiKey(name="a", digest=digest_of("msd_" + "x" * 43), scopes=["read"], created=datetime.now(UTC))
    assert find_key(text, [key]) is None


def test_every_digest_is_compared_in_constant_time(file: KeyFile, monkeypatch: pytest.MonkeyPatch) -> None:
    first = file.add("first", ["read"])
    file.add("second", ["read"])
    compared: list[str] = []
    constant_time = hmac.compare_digest

    def compare(kept: str, presented: str) -> bool:
        compared.append(kept)
        return constant_time(kept, presented)

    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert find_key(first, file.read()) is not None
    assert compared == [key.digest for key in file.read()]


def test_a_name_is_taken_once(file: KeyFile) -> None:
    file.add("desk", ["read"])
    with pytest.raises(BadInput, match="there is a key 'desk' already"):
        file.add("desk", ["write"])


@pytest.mark.parametrize("name", ["", "Desk", "-desk", "a b", "مكتب", "x" * 65, "a\nb"])
def test_a_name_that_is_not_allowed_is_refused(file: KeyFile, name: str) -> None:
    with pytest.raises(BadInput, match="is not allowed"):
        file.add(name, ["read"])


def test_a_key_needs_a_scope(file: KeyFile) -> None:
    with pytest.raises(BadInput, match="give some of: read, write, admin"):
        file.add("desk", [])


def test_revoking_an_unknown_key_tells_the_known_ones(file: KeyFile) -> None:
    file.add("desk", ["read"])
    with pytest.raises(BadInput, match="has no key 'dest'; it has: desk"):
        file.remove("dest")


def test_keys_made_side_by_side_are_all_kept(file: KeyFile) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: file.add(f"key-{number}", ["read"]), range(24)))
    assert {key.name for key in file.read()} == {f"key-{number}" for number in range(24)}
    assert [path.name for path in file.path.parent.iterdir() if ".tmp" in path.name or path.name.startswith(".k")] == []


@pytest.mark.parametrize(
    "content",
    ["", "[]", '{"keys": [{"name": "a"}]}', '{"keys": [], "more": 1}', '{"keys": [{"name": "a", "digest": "12"}]}'],
)
def test_a_file_that_is_no_key_file_is_refused_without_showing_it(file: KeyFile, content: str) -> None:
    file.path.parent.mkdir()
    file.path.write_text(content, "utf-8")
    file.path.chmod(0o600)
    with pytest.raises(BadInput, match="is not as `masdar key create` writes it"):
        file.read()


def test_a_file_that_others_can_change_is_refused(file: KeyFile) -> None:
    file.add("desk", ["read"])
    file.path.chmod(0o666)
    with pytest.raises(BadInput, match="chmod go-w"):
        file.read()


def test_a_file_that_appears_closes_the_service_and_one_that_goes_leaves_it_closed(file: KeyFile) -> None:
    ring = Keyring(file.path)
    assert ring.open
    secret = file.add("desk", ["read"])
    assert not ring.open
    assert ring.find(secret) is not None
    file.path.unlink()
    assert not ring.open
    assert ring.find(secret) is None


def test_revoking_the_last_key_does_not_open_the_service(file: KeyFile) -> None:
    file.add("desk", ["read"])
    ring = Keyring(file.path)
    file.remove("desk")
    assert not ring.open
    assert not Keyring(file.path).open


def test_a_file_that_becomes_unreadable_leaves_the_keys_as_they_were(file: KeyFile) -> None:
    secret = file.add("desk", ["read"])
    ring = Keyring(file.path)
    file.path.write_text("{", "utf-8")
    assert ring.find(secret) is not None
    file.path.unlink()
    file.add("new", ["read"])
    assert ring.find(secret) is None


def test_an_expired_key_is_not_found(file: KeyFile) -> None:
    past = file.add("past", ["read"], datetime.now(UTC) - timedelta(seconds=1))
    coming = file.add("coming", ["read"], datetime.now(UTC) + timedelta(hours=1))
    ring = Keyring(file.path)
    assert ring.find(past) is None
    assert ring.find(coming) is not None


def test_the_command_prints_the_key_alone_and_never_again(file: KeyFile) -> None:
    runner = CliRunner()
    made = runner.invoke(
        key_command, ["create", "desk", "--scope", "read", "--scope", "write", "--file", str(file.path)]
    )
    assert made.exit_code == 0, made.output
    secret = made.stdout.strip()
    assert SECRET.fullmatch(secret)
    listed = runner.invoke(key_command, ["list", "--file", str(file.path)])
    assert "desk: read, write, made" in listed.stdout
    as_json = runner.invoke(key_command, ["list", "--json", "--file", str(file.path)])
    assert [(one["name"], one["scopes"]) for one in json.loads(as_json.stdout)] == [("desk", ["read", "write"])]
    assert secret not in listed.output + as_json.output
    assert digest_of(secret) not in listed.output + as_json.output
    assert runner.invoke(key_command, ["revoke", "desk", "--file", str(file.path)]).exit_code == 0
    assert file.read() == ()


def test_the_command_makes_keys_that_expire(file: KeyFile) -> None:
    CliRunner().invoke(key_command, ["create", "guest", "--days", "2", "--file", str(file.path)])
    (made,) = file.read()
    assert made.expires is not None
    assert timedelta(days=1.9) < made.expires - datetime.now(UTC) <= timedelta(days=2)
