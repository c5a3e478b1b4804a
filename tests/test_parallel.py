"""Several processes give what one gives, in the same order, and no more is lost than what took its worker with it."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import closing
from functools import partial

import pytest
from workers import CRASHES, DEADLY, missing, ready, ready_to_tell, stillborn

from quotes.errors import ModelNotFoundError, WorkerError
from quotes.parallel import AHEAD, Lost, in_order


@pytest.fixture(autouse=True)
def nobody_is_left() -> Iterator[None]:
    before = set(multiprocessing.active_children())  # the one that reads pages stays for the next page
    yield
    assert set(multiprocessing.active_children()) <= before


@pytest.mark.parametrize(
    ("jobs", "batches"),
    [
        (1, [[0], [1], [2]]),
        (2, [[0, 1, 2], [3], [4, 5, 6, 7], [], [8]]),
        (3, [[n] for n in range(20)]),
        (4, [[3]]),
        (2, []),
    ],
)
def test_results_come_in_the_order_of_the_items(jobs: int, batches: list[list[int]]) -> None:
    found = list(in_order(batches, partial(ready, 0.1), jobs))
    assert found == [(n, n * n) for batch in batches for n in batch]


def test_no_more_is_read_than_is_worked_on() -> None:
    read = itertools.count()
    with closing(in_order(([n] for n in read), ready, 2)) as found:
        assert [next(found) for _ in range(5)] == [(n, n * n) for n in range(5)]
    assert next(read) <= 5 + 2 * AHEAD + 1


def test_no_more_workers_than_there_is_work_for() -> None:
    assert len({pid for _, pid in in_order([[1, 2, 3]], ready_to_tell, 8)}) == 1


@pytest.mark.parametrize(("item", "reason"), [(DEADLY, "was killed"), (CRASHES, "crashed (SIGSEGV)")])
def test_only_what_took_its_worker_with_it_is_lost(item: int, reason: str) -> None:
    found = list(in_order([[1, 2], [3, item, 4], [5]], ready, 2))
    assert [number for number, _ in found] == [1, 2, 3, item, 4, 5]
    assert [result for _, result in found if not isinstance(result, Lost)] == [1, 4, 9, 16, 25]
    [lost] = [result for _, result in found if isinstance(result, Lost)]
    assert reason in lost.reason


def test_a_worker_that_is_killed_from_outside_costs_nothing() -> None:
    with closing(in_order([[n, n] for n in range(30)], ready_to_tell, 2)) as found:
        _, pid = next(found)
        assert isinstance(pid, int)
        os.kill(pid, signal.SIGKILL)
        rest = list(found)
    assert [number for number, _ in rest] == [0, *(n for n in range(1, 30) for _ in range(2))]
    assert not any(isinstance(result, Lost) for _, result in rest)


def test_what_keeps_a_worker_from_starting_is_raised_here() -> None:
    with pytest.raises(ModelNotFoundError, match="nothing here"):
        list(in_order([[1], [2]], missing, 2))


def test_workers_that_die_at_once_are_not_started_for_ever() -> None:
    with pytest.raises(WorkerError, match="no worker gets ready: the last worker was killed"):
        list(in_order([[1], [2]], stillborn, 2))


def test_who_leaves_early_leaves_no_process_behind() -> None:
    before = set(multiprocessing.active_children())
    with closing(in_order([[99], *([n] for n in range(9))], partial(ready, 60.0), 3)) as found:
        next(found)
        assert len(set(multiprocessing.active_children()) - before) == 3
