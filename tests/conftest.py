"""What tests share: the whole program, loaded once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from quotes.types import Quote


@pytest.fixture(scope="session")
def extractor() -> Callable[[str], Sequence[Quote]]:
    """The program as a user of the Python API has it, every type of speech asked for."""
    from quotes import Options, load

    return load(Options(types="all")).extract
