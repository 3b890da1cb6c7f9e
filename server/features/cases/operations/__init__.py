"""What may be asked of cases; importing this registers the kinds.

A step merges: two phones that could not hear each other say the same thing once. A close does not:
whoever closes a case has to have seen what others said of it.
"""

from server.features.cases.operations import (
    confirming,
    contacts,
    following,
    home,
    life,
    transfer,
)

__all__ = ["confirming", "contacts", "following", "home", "life", "transfer"]
