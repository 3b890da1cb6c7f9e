"""What the database keeps for the server itself and for no community."""

from sqlalchemy import Column, LargeBinary, String, Table

from server.db.base import metadata

keys = Table(
    "keys",
    metadata,
    Column("name", String(24), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
