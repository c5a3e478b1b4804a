"""What is written for Label Studio, by the judgement of its own kit, which is half a gigabyte: `.ci/run` installs it
for this file alone. The shape of the tasks is held by tests/test_formats.py as well."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import regex
from click.testing import CliRunner

from quotes.cli import main

interface = pytest.importorskip("label_studio_sdk.label_interface", reason="pip install label-studio-sdk")

ROOT = Path(__file__).resolve().parent.parent


def test_label_studio_takes_the_predictions(tmp_path: Path) -> None:
    (config,) = regex.findall(
        r"<View>.*?</View>", (ROOT / "docs" / "formats.md").read_text(encoding="utf-8"), flags=regex.DOTALL
    )
    labels = interface.LabelInterface(config)
    labels.validate()
    written = tmp_path / "quotes.labelstudio.json"
    done = CliRunner().invoke(main, ["extract", "--type", "all", str(ROOT / "seeds"), "-o", str(written)])
    assert done.exit_code == 0
    for task in json.loads(written.read_bytes()):
        assert labels.validate_task({"data": task["data"]})
        (prediction,) = task["predictions"]
        assert prediction["result"] != []
        assert labels.validate_prediction(prediction, return_errors=True) == []
