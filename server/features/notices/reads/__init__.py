"""Named queries for pages about announcements. Each takes a connection; pages get `views`."""

from server.features.notices.reads.desk import composing, overdue, sent, texts
from server.features.notices.reads.inbox import inbox
from server.features.notices.reads.notice import notice
from server.features.notices.reads.telling import calls, doors_not_reached

__all__ = [
    "calls",
    "composing",
    "doors_not_reached",
    "inbox",
    "notice",
    "overdue",
    "sent",
    "texts",
]
