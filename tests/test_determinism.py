"""The same article gives the same bytes, alone or in any company."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from cases_format import read_cases

from quotes import Options, load, pipeline
from quotes.pipeline import Extractor
from quotes.reading import to_document
from quotes.record import to_record
from quotes.types import Document

GATE = Path(__file__).resolve().parent.parent / "fixtures" / "gate"


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    """A few articles of different lengths, the empty one and one of marks alone among them."""
    texts = [case.text for case in read_cases(GATE)][:6]
    return [
        to_document(text, f"{n}.txt") for n, text in enumerate([*texts, "", "“" * 50, texts[0] + "\n\n" + texts[1]])
    ]


@pytest.fixture(scope="module")
def loaded() -> Extractor:
    return load(Options(types="all"))


def read(extractor: Extractor, documents: Sequence[Document]) -> dict[str, bytes]:
    """The records of each document, as they are written."""
    found = extractor.extract_documents(documents, on_error=pytest.fail)
    return {
        document.id: json.dumps([to_record(quote, extractor.model) for quote in quotes], ensure_ascii=False).encode()
        for document, quotes in zip(documents, found, strict=True)
    }


@pytest.fixture(scope="module")
def together(loaded: Extractor, documents: list[Document]) -> dict[str, bytes]:
    return read(loaded, documents)


@pytest.mark.parametrize("seed", [1, 2])
def test_in_any_order(loaded: Extractor, documents: list[Document], together: dict[str, bytes], seed: int) -> None:
    shuffled = random.Random(seed).sample(documents, len(documents))
    assert read(loaded, shuffled) == together


@pytest.mark.parametrize("batch", [1, 4000, 10**9])
def test_in_batches_of_any_size(
    loaded: Extractor,
    documents: list[Document],
    together: dict[str, bytes],
    batch: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pipeline, "BATCH", batch)
    assert read(loaded, documents) == together


def test_alone_and_by_a_program_loaded_anew(documents: list[Document], together: dict[str, bytes]) -> None:
    fresh = load(Options(types="all"))
    alone = {id: found for document in documents for id, found in read(fresh, [document]).items()}
    assert alone == together


# Whom a description means, of several of whom it tells the same, and none was mentioned before.
PEOPLE = ["Jo Coel", "Nick Hale", "Ana Roy", "Eva Berg"]
TIED = "“It leaks,” the retired general said. " + " ".join(f"{name}, a retired general, came." for name in PEOPLE)


def test_in_any_process(tmp_path: Path) -> None:
    """Sets come in another order in every process: none of them may decide who speaks."""
    article = tmp_path / "article.txt"
    article.write_text(TIED, encoding="utf-8")
    command = [sys.executable, "-m", "quotes", "extract", str(article), *map(str, GATE.glob("0[1-4]*"))]
    environments = [{**os.environ, "PYTHONHASHSEED": seed} for seed in "0123"]
    runs = {subprocess.run(command, capture_output=True, check=True, env=one).stdout for one in environments}
    assert len(runs) == 1
    assert b'"name": null' in runs.pop()
