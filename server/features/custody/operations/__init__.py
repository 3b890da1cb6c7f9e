"""What may be said of things: take them, hand them on, bring them back, and say what is wrong.

Besides what passes on, a thing may be kept after all (`thing.keep`), disinfected, asked after
(`thing.check`) and said to be late (`thing.remind`); `thing.put` may be `final`.
"""

from server.features.custody.operations import handing, minding, taking

__all__ = ["handing", "minding", "taking"]
