"""Where pushes go, and the work of sending: leased, so that several senders share it."""

from sqlalchemy import Column, Index, LargeBinary, SmallInteger, String

from server.db.base import Id, Instant, community_table, refers

push_subscriptions = community_table(
    "push_subscriptions",
    Column("id", Id, nullable=False),
    Column("account_id", Id, nullable=False),
    Column("endpoint", String(2048), nullable=False),
    Column("endpoint_hash", LargeBinary(16), nullable=False),
    Column("p256dh", LargeBinary(65), nullable=False),  # uncompressed point on P-256
    Column("auth", LargeBinary(16), nullable=False),
    Column("key_id", String(24), nullable=False),  # the VAPID key it was made with (RFC 8292)
    Column("made_at", Instant, nullable=False),
    Column("renewed_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("why", String(16)),  # gone, moved, signed_out, too_many
    Index(None, "endpoint_hash", unique=True),
    Index(None, "community_id", "account_id"),
    refers("account_id", "accounts"),
    key=("id",),
)

deliveries = community_table(
    "deliveries",
    Column("notice_id", Id, nullable=False),
    Column("rang", SmallInteger, nullable=False, autoincrement=False),  # which ring of the notice
    Column("channel", String(8), nullable=False),  # push, bot or webhook
    Column("target", Id, nullable=False),  # the subscription's, the bot's, or the message's id
    Column("via", Id),  # the bot's or the webhook's id; None for push
    Column("recipient", String(40)),  # of the reach ledger; None for a group
    Column("due_at", Instant, nullable=False),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("leased_until", Instant),  # a sender has it until then
    Column("done_at", Instant),
    Column("result", String(16)),  # sent, gone, late, refused, withdrawn
    Index(None, "done_at", "due_at"),
    key=("notice_id", "rang", "channel", "target"),
)
