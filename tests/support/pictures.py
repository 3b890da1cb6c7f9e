"""Photos to send: good ones, and everything else that people and worse send as one."""

from __future__ import annotations

import hashlib
import io
import random
import struct
import zlib

import pillow_heif
from PIL import Image

GPS = {1: "N", 2: (31.0, 13.0, 49.0), 3: "E", 4: (121.0, 28.0, 25.0)}


def sha(body: bytes) -> str:
    """What a photo is called."""
    return hashlib.sha256(body).hexdigest()


def image(width: int = 640, height: int = 480, seed: int = 0) -> Image.Image:
    """Something that compresses as a photo does: soft blotches, and grain."""
    dice = random.Random(seed)
    small = Image.frombytes("RGB", (16, 12), bytes(dice.randrange(256) for _ in range(16 * 12 * 3)))
    return small.resize((width, height), Image.Resampling.BICUBIC)


def jpeg(width: int = 640, height: int = 480, seed: int = 0, **options: object) -> bytes:
    """A photo."""
    out = io.BytesIO()
    image(width, height, seed).save(out, "JPEG", quality=85, **options)
    return out.getvalue()


def located(turned: int = 6) -> bytes:
    """A photo that says where it was taken, by which telephone, and how that was held."""
    exif = Image.Exif()
    exif[0x0112] = turned
    exif[0x010F] = "Telephone"
    exif.get_ifd(0x8825).update(GPS)
    return jpeg(800, 400, exif=exif.tobytes(), icc_profile=b"profile" * 20, comment=b"remark")


def heic(width: int = 640, height: int = 480) -> bytes:
    """A photo from an iPhone."""
    out = io.BytesIO()
    pillow_heif.from_pillow(image(width, height)).save(
        out, quality=50, enc_params={"preset": "ultrafast"}
    )
    return out.getvalue()


def animation() -> bytes:
    """A picture that moves."""
    out = io.BytesIO()
    frames = [image(64, 64, seed) for seed in range(3)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    return out.getvalue()


def bomb(side: int = 30_000) -> bytes:
    """A small PNG that would fill gigabytes: one bit a pixel, all of them zero."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        checked = kind + body
        return struct.pack(">I", len(body)) + checked + struct.pack(">I", zlib.crc32(checked))

    packer = zlib.compressobj(9)
    row = bytes(1 + (side * 3))
    rows = b"".join(packer.compress(row) for _ in range(min(side, 2_000))) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\n" * 40
