"""The demo's medicine: what a stairwell needs, and a batch that is on its way back."""

from __future__ import annotations

from typing import Any

from server import clock
from server.story import neighbours
from server.story.telling import Story

HERE = "11-1"
"""The stairwell of 梅园 whose medicine is bought; nobody of it is signed in."""

PILLS: tuple[dict[str, Any], ...] = (
    {"name": "苯磺酸氨氯地平片", "dose": "5 mg，每天一片", "left": 3, "boxes": 2},
    {"name": "二甲双胍缓释片", "dose": "0.5 g，每天两次", "left": 2, "substitute": "yes"},
    {"name": "左甲状腺素钠片", "dose": "50 μg，早上空腹", "left": 6, "substitute": "no"},
    {"name": "阿托伐他汀钙片", "dose": "20 mg，睡前", "left": 12, "pharmacy": "中山医院"},
    {"name": "布洛芬混悬液", "dose": "孩子发烧时", "left": 1},
)
"""What the first homes of the stairwell need, one each; three are bought today."""

BOUGHT = (("68.40", 100), ("21.5", 50), ("32", 50))
"""What each cost and how much money was taken along for it, in yuan."""


def today(story: Story) -> None:
    """Five homes need medicine; what three of them need is bought, checked and in bags."""
    place = neighbours.places(story)[HERE]
    [doctor, *_] = neighbours.doctors(story)
    homes = neighbours.at_home(story, place)[: len(PILLS)]
    needs = [
        story.ask(place.officer, "need.say", {**said, "household": home.door}, 5 * clock.HOUR)
        for home, said in zip(homes, PILLS, strict=True)
    ]
    made = {
        "title": "周三上午",
        "pharmacy": "国大药房",
        "buyer": place.officer,
        "checkers": [doctor, story.steward],
        "carriers": [place.officer],
        "within": 480,
        "needs": needs[: len(BOUGHT)],
    }
    batch = story.ask(doctor, "batch.make", made, 4 * clock.HOUR)
    of = {"about": f"/medicine/batches/{batch}", "within": 300}
    for home, (_, yuan) in zip(homes, BOUGHT, strict=False):
        taken: list[dict[str, Any]] = [{"kind": "card"}, {"kind": "cash", "yuan": str(yuan)}]
        for thing in taken:
            said = {**of, **thing, "household": home.door, "signed_by": home.name}
            story.ask(place.officer, "thing.take", said, 3 * clock.HOUR)
    for need, (price, _) in zip(needs, BOUGHT, strict=False):
        bought = {"batch": batch, "need": need, "yuan": price}
        story.ask(place.officer, "batch.bought", bought, 90 * clock.MINUTE)
    for need, home in zip(needs[: len(BOUGHT)], homes, strict=False):
        looked = {"batch": batch, "needs": [need]}
        story.ask(doctor, "batch.check", looked, 70 * clock.MINUTE)
        if need != needs[len(BOUGHT) - 1]:  # the last bag waits for the steward
            story.ask(story.steward, "batch.check", looked, 60 * clock.MINUTE)
            packed = {"batch": batch, "door": home.door}
            story.ask(story.steward, "batch.bag", packed, 50 * clock.MINUTE)
    story.ask(place.officer, "batch.out", {"batch": batch}, 40 * clock.MINUTE)
