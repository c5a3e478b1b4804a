"""Records → bytes."""

from __future__ import annotations

import io
import json
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from quotes.errors import OutputError
from quotes.interrupts import uninterrupted
from quotes.reading import to_document
from quotes.writing import open_writer
from quotes.writing.jsonl import JsonLines

ODD = 'a\n\r\t\0\x0b\x0c\x1c\x85\u2028\u2029\ufeff😀é\u202e"\\'


def test_a_record_is_a_line_to_every_reader_of_lines() -> None:
    stream = io.BytesIO()
    JsonLines(stream).write(to_document("a"), [{"text": ODD}, {ODD: None}])
    first, second = stream.getvalue().decode("utf-8").splitlines()
    assert json.loads(first) == {"text": ODD}
    assert json.loads(second) == {ODD: None}
    assert "😀é" in first


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        JsonLines(io.BytesIO()).write(to_document("a"), [{"confidence": float("nan")}])


def test_a_file_is_whole_or_absent(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with pytest.raises(RuntimeError), open_writer(path):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    with open_writer(path) as writer:
        writer.write(to_document("a"), [{"a": 1}])
        assert not path.exists()
        writer.write(to_document("b"), [])
    assert path.read_bytes() == b'{"a": 1}\n'


def test_the_error_names_the_output(tmp_path: Path) -> None:
    path = tmp_path / "none" / "out.jsonl"
    with pytest.raises(OutputError, match=r"none/out\.jsonl: cannot be written: No such file"), open_writer(path):
        pass


def test_ctrl_c_waits_for_the_block() -> None:
    done = False
    with pytest.raises(KeyboardInterrupt), uninterrupted():
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.01)
        done = True
    assert done


def test_a_second_ctrl_c_does_not_wait() -> None:
    done = False
    with pytest.raises(KeyboardInterrupt), uninterrupted():
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.01)
        done = True
    assert not done


def test_other_threads_write_too() -> None:
    failures: list[BaseException] = []

    def write() -> None:
        try:
            with uninterrupted():
                pass
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()
    assert failures == []
