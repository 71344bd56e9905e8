"""The processes that decode."""

import asyncio

import pytest

from app.errors import MediaRefused
from app.media.fitting import Fitter
from app.media.reading import Given
from app.media.workers import Workers
from tests.support.pictures import model, picture


def test_processes_end_with_the_program() -> None:
    fitter = Fitter(Workers())
    given = Given("a.png", picture())
    assert asyncio.run(fitter.attach(given, model(), 1)).is_untouched
    fitter.close()
    with pytest.raises(MediaRefused):
        asyncio.run(fitter.attach(given, model(), 1))
