"""What a browser says when it subscribes."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.push import intake
from server.push.addresses import NotAllowed
from server.push.intake import Subscribing, decode, point, secret

KEY = ec.generate_private_key(ec.SECP256R1()).public_key()
POINT = KEY.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def base64url(value):
    return base64.urlsafe_b64encode(value).decode()


def refusal(work, *arguments):
    with pytest.raises(NotAllowed) as caught:
        work(*arguments)
    return caught.value.text


@pytest.mark.parametrize("padded", [True, False])
def test_a_point_on_the_curve_and_sixteen_bytes_are_taken(padded):
    text = base64url(POINT)
    assert point(text if padded else text.rstrip("=")) == POINT
    assert secret(base64url(b"x" * 16).rstrip("=" if not padded else "")) == b"x" * 16


@pytest.mark.parametrize(
    "text",
    [
        "", "A", "=", "****", base64url(POINT[:-1]), base64url(POINT + b"\0"),
        base64url(KEY.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)),
        base64url(b"\4" + b"\1" * 64), base64url(b"\0" * 65), base64url(POINT) * 9, "é" * 87,
    ],
    ids=[  # the point is another in each run
        "nothing", "a letter", "a sign", "stars", "short", "long", "compressed", "off the curve",
        "no point", "nine of them", "accents",
    ],
)  # fmt: skip
def test_no_other_key_is(text):
    assert refusal(point, text) == intake.BAD_KEY


@pytest.mark.parametrize("length", [0, 8, 15, 17, 32])
def test_no_other_secret_is(length):
    assert refusal(secret, base64url(b"x" * length)) == intake.BAD_SECRET


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{}", b"[]", b"null", b'"x"', b"\xff", b"[" * 100_000,
        b'{"endpoint": 7, "keys": {"p256dh": "", "auth": ""}, "key_id": ""}',
        b'{"endpoint": "", "keys": null, "key_id": ""}',
        b'{"endpoint": "", "keys": {"p256dh": ""}, "key_id": ""}',
    ],
    ids=lambda body: body[:30].decode("latin-1"),
)  # fmt: skip
def test_what_is_no_subscription_is_refused(body):
    assert refusal(decode, body, Subscribing) == intake.MALFORMED
