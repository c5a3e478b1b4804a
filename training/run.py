"""The recipe, from the folder of data to what ships: `python -m training.run DATA -o FOLDER`.

The reader learns in four stages, each from the weights that the one before leaves in FOLDER: broad news first, then
all of the older corpus as well, then what was annotated last, and there the lower layers learn, too (from the top down:
Howard and Ruder 2018, "Universal Language Model Fine-tuning"). The third stage is run twice, by other chance, and the
fourth begins with the mean of the weights (Wortsman et al. 2022, "Model soups"). There the upper layers read all once
more and nothing is dropped out: so small a network forgets enough by itself. `ship` makes the files of the package.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from training.corpora import CORPORA, chosen
from training.network import HALF, WHOLE, Reader, Size
from training.start import SHIPPED, grown, load_tokenizer
from training.train import Plan, train

UPPER = {
    "half": (HALF,) * 3,
    "wide": (Size(10, 1280),) * 4,
    "whole": (WHOLE,) * 4,
}  # what the layers above the names' may be


@dataclass(frozen=True, slots=True)
class Stage:
    """`after`: the stages with the mean of whose weights it begins; `weights`: how often an epoch reads each corpus."""

    after: Sequence[str]
    plan: Plan
    weights: Mapping[str, float]


OWN = {"newsroom": 1.0, "noted": 2.0, "bracketed": 2.0}
ALL = OWN | {"polnear": 1.0, "news": 1.0, "web": 1.0, "silver": 0.5}
LATER = Plan(epochs=4, rate=1.2e-4, head_rate=3.6e-4)
THIRD = replace(LATER, epochs=3, lower=True)
STAGES = {
    "first": Stage((), Plan(epochs=9, seed=1, mean=0), OWN | {"polnear": 0.5}),
    "second": Stage(("first",), replace(LATER, seed=2), OWN | {"polnear": 1.0}),
    "third1": Stage(("second",), replace(THIRD, seed=3), ALL),
    "third2": Stage(("second",), replace(THIRD, seed=13), ALL),
    "fourth": Stage(("third1", "third2"), Plan(epochs=1, rate=1e-4, head_rate=3e-4, seed=5, dropout=0.0), ALL),
}
LAST = "fourth"


def main() -> None:
    args = _arguments()
    args.output.mkdir(parents=True, exist_ok=True)
    for name in args.stages:
        if name == "ship":
            ship(args.output, args.data)
        else:
            _teach(name, args)


def _teach(name: str, args: argparse.Namespace) -> None:
    """Run one stage; the weights are written after every epoch."""
    stage = STAGES[name]
    plan = replace(
        stage.plan, seed=stage.plan.seed + args.seed, limit=args.limit, epochs=args.epochs or stage.plan.epochs
    )
    torch.manual_seed(plan.seed)
    before = [torch.load(args.output / f"{one}.pt", weights_only=True) for one in stage.after]
    reader = Reader.of(mean(before)) if before else grown(UPPER[args.size])
    train(
        reader,
        chosen(stage.weights, args.without),
        args.data,
        load_tokenizer(),
        plan,
        lambda weights: torch.save(weights, args.output / f"{name}.pt"),
    )


def ship(folder: Path, data: Path) -> None:
    """The files of the package: the network in eight bits, its confidence, and what tells whom a phrase means."""
    reader = folder / f"{LAST}.pt"
    for step in (
        ["training.export", reader, "-o", SHIPPED],
        ["training.calibrate", data / "newsroom" / "dev.jsonl"],
        ["training.pointer", data, "--reader", reader, "-o", folder / "pointer.pt"],
        ["training.antecedents", data],
    ):
        subprocess.run([sys.executable, "-m", *map(str, step)], check=True)


def mean(several: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """The mean of the weights of networks of one shape."""
    return {name: torch.stack([one[name].float() for one in several]).mean(0) for name in several[0]}


def _arguments() -> argparse.Namespace:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("data", type=Path, help=f"holds {', '.join(c.path for c in CORPORA if c.path)}")
    ap.add_argument("-o", "--output", type=Path, required=True, help="folder for the weights")
    ap.add_argument("--stages", nargs="+", choices=[*STAGES, "ship"], default=[*STAGES, "ship"], help="only these")
    ap.add_argument("--seed", type=int, default=0, help="added to the seed of each stage")
    ap.add_argument("--epochs", type=int, help="instead of each stage's own")
    ap.add_argument("--size", choices=sorted(UPPER), default="wide", help="of the upper layers")
    ap.add_argument("--without", nargs="+", default=[], metavar="CORPUS", help="train without these")
    ap.add_argument("--limit", type=int, help="so many articles of each corpus (for a quick try)")
    return ap.parse_args()


if __name__ == "__main__":
    main()
