"""Who took which list away is kept as long as logs are, and counted."""

from __future__ import annotations

from server.db.base import AnyRow
from server.features.exports.tables import exports
from server.features.retention import ageing
from server.features.retention.ageing import Over, ages
from server.i18n import mark


@ages("looks", {"exports": mark("Lists taken away")})
def taken(over: Over) -> int:
    """Lists that were taken away."""

    def one(row: AnyRow) -> None:
        over.count("exports", row.at)

    return ageing.said(over, exports, over.older(exports.c.at), one, "id")
