"""Where people live: community, compounds, buildings, stairwells, floors, households.

Places are numbered with small integers within their community: they are made by the committee,
never offline, and a short number keeps a board of 72 doors small on the wire.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, false

from server.db.base import Id, Instant, community_table, metadata, of_community, refers

communities = Table(
    "communities",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", String(80), nullable=False),
    Column("zone", String(40), nullable=False, server_default="Asia/Shanghai"),
    Column("language", String(10), nullable=False, server_default="zh-Hans"),
    Column("phone", String(24), nullable=False, server_default=""),  # its service telephone
    Column("made_at", Instant, nullable=False),
)

compounds = community_table(
    "compounds",
    Column("id", Integer, nullable=False, autoincrement=False),
    Column("name", String(80), nullable=False),
    Column("scheme", String(16), nullable=False),  # lane, unit or tower: see rules.SCHEMES
    Column("number", String(16), nullable=False, server_default=""),  # 828 of 828弄
    Column("position", Integer, nullable=False),
    Column("phone", String(24), nullable=False, server_default=""),  # its own service telephone
    of_community(),
    key=("id",),
)

buildings = community_table(
    "buildings",
    Column("id", Integer, nullable=False, autoincrement=False),
    Column("compound_id", Integer, nullable=False),
    Column("number", String(16), nullable=False),
    Column("position", Integer, nullable=False),
    refers("compound_id", "compounds"),
    key=("id",),
)

stairwells = community_table(
    "stairwells",
    Column("id", Integer, nullable=False, autoincrement=False),
    Column("compound_id", Integer, nullable=False),
    Column("building_id", Integer, nullable=False),
    Column("number", String(16), nullable=False),  # empty where the building has only one
    Column("short", String(16), nullable=False),  # what stands in the small square: 12-3
    Column("position", Integer, nullable=False),
    refers("building_id", "buildings"),
    refers("compound_id", "compounds"),
    key=("id",),
)

floors = community_table(
    "floors",
    Column("stairwell_id", Integer, nullable=False, autoincrement=False),
    Column("level", Integer, nullable=False, autoincrement=False),  # counts up from the ground
    Column("label", String(8), nullable=False),  # what is painted on the wall: 3A, G
    Column("lobby", String(16), nullable=False, server_default=""),  # where a lobby is split
    refers("stairwell_id", "stairwells"),
    key=("stairwell_id", "level"),
)

households = community_table(
    "households",
    Column("id", Integer, nullable=False, autoincrement=False),
    Column("stairwell_id", Integer, nullable=False),
    Column("level", Integer, nullable=False),
    Column("position", Integer, nullable=False),  # walking order on the landing
    Column("label", String(16), nullable=False),  # 1102
    Column("use", String(8), nullable=False, server_default="home"),  # home or shop
    Column("vacant", Boolean, nullable=False, server_default=false()),
    Column("name", String(40), nullable=False, server_default=""),  # 张家
    Column("card_number", String(16), nullable=False),  # on the card; signs nobody in
    Column("changed_at", Instant, nullable=False),
    Index(None, "community_id", "stairwell_id"),
    Index(None, "community_id", "card_number", unique=True),
    refers("stairwell_id", "stairwells"),
    key=("id",),
)

controls = community_table(
    "controls",
    Column("building_id", Integer, nullable=False, autoincrement=False),
    Column("seq", BigInteger, nullable=False, autoincrement=False),
    Column("status", String(12), nullable=False),  # sealed, controlled, precaution or free
    Column("allows", String(200), nullable=False, server_default=""),  # what people may do
    Column("since", Instant, nullable=False),
    Column("actor", Id, nullable=False),
    Column("changes_when", String(200), nullable=False, server_default=""),  # what it takes
    Column("changes_at", Instant),  # the earliest moment at which it may change
    refers("building_id", "buildings"),
    key=("building_id", "seq"),
)
