"""Everything that ages, imported so that it registers, in the order in which it is to go.

What refers to something goes before it.
"""

from server.features.access import ageing as access
from server.features.arrivals import ageing as arrivals
from server.features.bulletins import ageing as bulletins
from server.features.care import ageing as care
from server.features.cases import ageing as cases
from server.features.custody import ageing as custody
from server.features.declarations import ageing as declarations
from server.features.exports import ageing as exports
from server.features.mediation import ageing as mediation
from server.features.medicine import ageing as medicine
from server.features.notices import ageing as notices
from server.features.passes import ageing as passes
from server.features.people import ageing as people
from server.features.photos import ageing as photos
from server.features.record import ageing as record
from server.features.register import ageing as register
from server.features.relays import ageing as relays
from server.features.reports import ageing as reports
from server.features.requests import ageing as requests
from server.features.retention import history
from server.features.rounds import ageing as rounds
from server.features.stranded import ageing as stranded
from server.features.testing import ageing as testing
from server.features.trips import ageing as trips
from server.features.vacancies import ageing as vacancies
from server.push import ageing as push

EVERY = (
    *(reports, testing, declarations, cases, medicine, trips, relays, custody, requests, care),
    *(stranded, mediation, passes, rounds, arrivals, vacancies, notices, bulletins, push, exports),
    *(access, record, people, history, photos, register),
)
