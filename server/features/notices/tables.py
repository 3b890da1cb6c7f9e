"""An announcement, whom it is meant for, and what is known of each of them: the reach ledger."""

from sqlalchemy import BigInteger, Column, Index, Integer, SmallInteger, String

from server.db.base import Id, Instant, Json, community_table, refers

notices = community_table(
    "notices",
    Column("id", Id, nullable=False),  # the id of the operation that made it
    Column("kind", String(12), nullable=False),  # notice, call, results, bulletin, case, request, …
    Column("content", Json, nullable=False),  # see wording.py
    Column("audience", Json, nullable=False),  # see audience.py
    Column("urgency", String(8), nullable=False),  # normal or urgent
    Column("asks", String(8), nullable=False),  # read or coming: what acknowledging it says
    Column("opens", String(120), nullable=False),  # the page it is about; its own by default
    Column("until", Instant),  # when it stops to matter
    Column("stages", Json, nullable=False),  # roles told before everybody else, one list a stage
    Column("stage", SmallInteger, nullable=False, server_default="0"),  # who is being told now
    Column("stage_minutes", SmallInteger, nullable=False, server_default="0"),
    Column("stage_until", Instant),  # when somebody must be told who of the stage is missing
    Column("rang", SmallInteger, nullable=False, server_default="1"),  # a recall rings again
    Column("concerns", Integer),  # whose case a private one is about: a household
    Column("made_by", Id, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
    Column("version", BigInteger, nullable=False),  # seq of the last change
    refers("made_by", "accounts"),
    key=("id",),
)

reach = community_table(
    "reach",
    Column("notice_id", Id, nullable=False),
    Column("recipient", String(40), nullable=False),  # h702 for a household, else an account's id
    Column("account_id", Id),  # whose inbox; a household may have none
    Column("household_id", Integer),  # None for staff
    Column("stairwell_id", Integer),
    Column("level", SmallInteger),
    Column("stage", SmallInteger, nullable=False, server_default="0"),
    Column("queued_at", Instant),  # None until its stage comes
    Column("sent_at", Instant),  # a push service took it
    Column("shown_at", Instant),  # a phone showed it
    Column("opened_at", Instant),
    Column("answered_at", Instant),
    Column("answer", String(8)),  # read, coming, cannot
    Column("told_at", Instant),  # by a person: at the door or by telephone
    Column("told_by", Id),
    Column("outcome", String(12)),  # of the last try: told, no_answer, call_back
    Column("tried", SmallInteger, nullable=False, server_default="0"),
    Index(None, "community_id", "account_id"),
    key=("notice_id", "recipient"),
)

channels = community_table(
    "channels",
    Column("id", Id, nullable=False),
    Column("kind", String(8), nullable=False),  # bot or webhook
    Column("name", String(40), nullable=False),
    Column("address", String(1000), nullable=False),  # holds a secret: shown to nobody
    Column("scope", String(12), nullable=False),  # community, compound, building, stairwell
    Column("scope_id", Integer, nullable=False, autoincrement=False),
    Column("language", String(10), nullable=False, server_default=""),
    Column("made_by", Id, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("worked_at", Instant),  # when its service last took something
    Column("failed_at", Instant),  # when it last did not
    Column("failed", String(24)),  # and how: see push/groups/answers.py
    Column("failures", SmallInteger, nullable=False, server_default="0"),  # since it last worked
    Column("quiet_until", Instant),  # it is left alone until then
    Column("posted", Json),  # moments of what was posted within the last minute
    refers("made_by", "accounts"),
    key=("id",),
)
