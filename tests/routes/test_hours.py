"""How far a screening was at each hour, as its lead sees it."""


def test_the_hours_of_a_screening_say_how_many_doors_and_nothing_of_any(site):
    round_id = site.open_round(kind="screening", quantity=1)
    door = site.world.doors["walk_up"]["302"]
    site.tell("hao", "round.mark", {"round": round_id, "door": door, "answer": "vacant"})
    answer = site.get("mei", f"/rounds/{round_id}/hours")
    assert answer.status_code == 200
    assert " % · 1</dd>" in answer.text
    assert f"/doors/{door}" not in answer.text


def test_a_screening_links_to_its_hours_and_a_delivery_does_not(site):
    for kind, linked in (("screening", True), ("delivery", False)):
        round_id = site.open_round(kind=kind, quantity=1)
        page = site.get("mei", f"/rounds/{round_id}").text
        assert (f"/rounds/{round_id}/hours" in page) is linked


def test_who_leads_nothing_of_it_is_not_shown_the_hours(site):
    round_id = site.open_round(kind="screening", quantity=1)
    assert site.get("hao", f"/rounds/{round_id}/hours").status_code == 403
