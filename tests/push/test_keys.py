"""The key that signs: from the database, from a file, and by two processes at once."""

import asyncio

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from server.db.session import open_database
from server.p256 import SigningKey
from server.push import keys
from server.push.encrypt import Signer
from server.push.keys import of_file
from server.settings import SettingError, Settings
from tests.push.conftest import BASE


@pytest.fixture
def pem(tmp_path):
    """Writes a key into a file that only its owner may read."""

    def write(private, mode=0o600):
        path = tmp_path / "vapid.pem"
        path.write_bytes(
            private
            if isinstance(private, bytes)
            else private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        path.chmod(mode)
        return Settings(vapid_key=str(path))

    return write


def test_two_processes_that_start_together_find_the_same_key(settings, runner):
    async def start():
        first, second = open_database(settings), open_database(settings)
        try:
            return await asyncio.gather(
                *(database.write(keys.current) for database in (first, second) * 3)
            )
        finally:
            await first.close()
            await second.close()

    assert len({key.value for key in runner.run(start())}) == 1


def test_a_key_in_a_file_signs(pem):
    private = ec.generate_private_key(ec.SECP256R1())
    assert of_file(pem(private)).private.private_numbers() == private.private_numbers()
    assert of_file(Settings()) is None


@pytest.mark.parametrize(
    ("private", "mode", "word"),
    [
        (ec.generate_private_key(ec.SECP256R1()), 0o644, "chmod 600"),
        (ec.generate_private_key(ec.SECP256R1()), 0o660, "chmod 600"),
        (ec.generate_private_key(ec.SECP384R1()), 0o600, "P-256"),
        (rsa.generate_private_key(65537, 2048), 0o600, "P-256"),
        (b"a shopping list", 0o600, "PEM"),
        (b"", 0o600, "PEM"),
    ],
    ids=["read by all", "written by a group", "another curve", "RSA", "no key", "empty"],
)
def test_a_file_that_will_not_do_is_said_in_one_sentence(pem, private, mode, word):
    with pytest.raises(SettingError) as caught:
        of_file(pem(private, mode))
    assert word in str(caught.value)
    assert str(caught.value).startswith("STAIRWELL_VAPID_KEY")


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(SettingError, match="cannot be read"):
        of_file(Settings(vapid_key=str(tmp_path / "none.pem")))


def test_the_key_of_a_file_signs_what_is_sent(make_pushing, push_service, pem):
    private = ec.generate_private_key(ec.SECP256R1())
    pushing = make_pushing(push_service, vapid_key=pem(private).vapid_key)
    phone = pushing.phone("sun", key=SigningKey(private))
    pushing.announce("sun")
    pushing.send()
    assert len(phone.calls) == 1
    assert push_service.wrong == []


def test_a_signature_is_made_once_for_an_origin_and_keeps_its_port(monkeypatch):
    signer = Signer(SigningKey.new(), BASE)
    first = signer.get_authorization_header("https://push.example.org")
    assert signer.get_authorization_header("https://push.example.org") is first
    assert signer.get_authorization_header("https://push.example.org:8443") is not first
    monkeypatch.setattr("time.time", lambda: 4e9)
    assert signer.get_authorization_header("https://push.example.org") is not first
