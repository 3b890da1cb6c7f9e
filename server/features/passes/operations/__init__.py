"""What may be said of passes and at gates.

Besides what is asked for and decided (`pass.ask`, `pass.make`, `pass.approve`, `pass.decline`,
`pass.withdraw`, `pass.revoke`): who went through (`pass.cross`), what goes by itself
(`pass.remind`, `pass.clash`), and what the committee sets (`pass.limit`, `pass.renew_key`,
`gate.set`). Guards say `gate.take`, `gate.note`, `gate.open` and `gate.shut`.
"""

from server.features.passes.operations import asking, crossing, deciding, minding, posts

__all__ = ["asking", "crossing", "deciding", "minding", "posts"]
