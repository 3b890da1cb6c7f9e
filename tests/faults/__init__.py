"""Random days with everything going wrong, and one checker of what came of them.

    python -m tests.faults 4711                 the group of schedules that begins with this seed
    python -m tests.faults 4711 --postgres      the same on PostgreSQL
    python -m tests.faults 4711 --print         what would be asked, without asking it

`schedule` says from a seed what people do and what breaks, `phone` is a phone, `proxy` the weather
between it and the server, `arena` the real server process and what can happen to that, `drill`
carries a schedule out, `checker` says what does not hold afterwards.
"""
