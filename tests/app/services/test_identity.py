"""Ids are random UUIDs of version 4, without Python's own module."""

from uuid import RFC_4122, UUID

from app.services.identity import new_id


def test_ids_are_random_uuids() -> None:
    made = {new_id() for _ in range(500)}
    assert len(made) == 500
    assert {(UUID(each).version, UUID(each).variant, len(each)) for each in made} == {(4, RFC_4122, 32)}
