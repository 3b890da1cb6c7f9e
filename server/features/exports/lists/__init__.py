"""Every list there is, by key, in the order in which the page shows them."""

from server.features.exports.listing import Listing
from server.features.exports.lists import desks, people, rounds, work

LISTINGS: dict[str, Listing] = {
    one.key: one for one in (*people.LISTINGS, *rounds.LISTINGS, *desks.LISTINGS, *work.LISTINGS)
}
