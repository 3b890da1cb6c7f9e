"""Named queries for pages about announcements. Each takes a connection; pages get `views`."""

from server.features.notices.reads.desk import LOUD, composing, overdue, sent, texts
from server.features.notices.reads.heard import told_since
from server.features.notices.reads.inbox import inbox
from server.features.notices.reads.notice import notice
from server.features.notices.reads.parts import counts
from server.features.notices.reads.readers import not_opened_by, opened_by
from server.features.notices.reads.telling import calls, doors_not_reached

__all__ = [
    "LOUD",
    "calls",
    "composing",
    "counts",
    "doors_not_reached",
    "inbox",
    "not_opened_by",
    "notice",
    "opened_by",
    "overdue",
    "sent",
    "texts",
    "told_since",
]
