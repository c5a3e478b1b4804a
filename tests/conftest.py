"""What tests share: the whole program, loaded once."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence

import pytest
from hypothesis import settings

from quotes.types import Quote

# No test looks at a clock: how long an example takes is the machine's affair.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session", autouse=True)
def listening_to_ctrl_c() -> None:
    """A shell lets its background jobs ignore Ctrl-C, and these their children: tests of it would prove nothing."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def quiet() -> None:
    """A run's last line tells its seconds: tests that ask for it take this away."""
    os.environ["QUOTES_QUIET"] = "1"


@pytest.fixture(scope="session")
def extractor() -> Callable[[str], Sequence[Quote]]:
    """The program as a user of the Python API has it, every type of speech asked for."""
    from quotes import Options, load

    return load(Options(types="all")).extract
