"""Pages of passes and of the gates that they open."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath, FromQuery

from server.features.passes import reads, rules
from server.features.passes.gate import KINDS as GATE_KINDS
from server.features.people.rules import May
from server.routes.drawing import Asking, read
from server.web.asking import Asker
from server.web.qr import svg


@get("/", status_code=200)
async def index(
    request: Request[Any, Any, Any], person: Asker, about: FromQuery[str] = ""
) -> Response[bytes]:
    """Passes for those who approve them; one's own for everybody else."""
    asking = Asking(request, person)
    if not person.may_somewhere(May.APPROVE_PASSES, asking.now):
        return await _mine(asking)
    found = await read(asking, reads.desk, person)
    return asking.draw(
        "passes/desk.html",
        desk=found,
        about=about[:80],
        kinds=rules.KINDS,
        ways=rules.WAYS,
        reasons=rules.REASONS,
        conditions=rules.CONDITIONS,
        seq=found.seq,
        store=False,
    )


@get("/mine", status_code=200)
async def mine(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """One's own household's passes, and a form to ask for one."""
    return await _mine(Asking(request, person))


async def _mine(asking: Asking) -> Response[bytes]:
    found = await read(asking, reads.mine, asking.person)
    return asking.draw(
        "passes/mine.html",
        own=found,
        reasons={key: rules.REASONS[key] for key in rules.ASKED_FOR},
        seq=found.seq,
        store=False,
    )


@get("/{pass_id:str}", status_code=200)
async def show(
    request: Request[Any, Any, Any], person: Asker, pass_id: FromPath[str]
) -> Response[bytes]:
    """One pass: the picture for the gate, its number, and how it stands."""
    asking = Asking(request, person)
    found = await read(asking, reads.pass_page, person, pass_id)
    return asking.draw(
        "passes/show.html",
        found=found,
        qr=svg(found.token) if found.token else "",
        conditions=rules.CONDITIONS,
        seq=found.seq,
        store=found.kept,
    )


@get("/", status_code=200)
async def gates(request: Request[Any, Any, Any], person: Asker) -> Response[bytes]:
    """Every gate: when it is open, which number opens it, and who stands there."""
    asking = Asking(request, person)
    found = await read(asking, reads.gates, person)
    return asking.draw("passes/gates.html", gates=found, kinds=GATE_KINDS, seq=found.seq)


@get("/{gate_id:str}", status_code=200)
async def gate(
    request: Request[Any, Any, Any], person: Asker, gate_id: FromPath[str]
) -> Response[bytes]:
    """The guard's page, which their phone keeps: it checks passes without a signal."""
    asking = Asking(request, person)
    found = await read(asking, reads.gate, person, gate_id)
    return asking.draw(
        "passes/gate.html",
        gate=found,
        words=rules.FOUND,
        fine=rules.FINE,
        conditions=rules.CONDITIONS,
        crossed=rules.CROSSED,
        seq=found.seq,
    )


router = Router("/passes", route_handlers=[index, mine, show])
gates_router = Router("/gates", route_handlers=[gates, gate])
