"""The recipe, from the folder of data to the weights: `python -m training.run DATA -o FOLDER`."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from training.corpora import CORPORA, chosen
from training.network import HALF, WHOLE, Size
from training.start import grown, load_tokenizer
from training.train import Plan, train

UPPER = {
    "half": (HALF,) * 3,
    "wide": (Size(10, 1280),) * 4,
    "whole": (WHOLE,) * 4,
}  # what the layers above the names' may be

PLAN = Plan()


def main() -> None:
    args = _arguments()
    plan = Plan(seed=args.seed, epochs=args.epochs, limit=args.limit)
    torch.manual_seed(plan.seed)
    args.output.mkdir(parents=True, exist_ok=True)
    reader = grown(UPPER[args.size])

    def keep(epoch: int) -> None:
        torch.save(reader.state_dict(), args.output / "reader.pt")

    train(reader, chosen(args.without), args.data, load_tokenizer(), plan, keep)


def _arguments() -> argparse.Namespace:
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("data", type=Path, help=f"holds {', '.join(c.path for c in CORPORA if c.path)}")
    ap.add_argument("-o", "--output", type=Path, required=True, help="folder for the weights")
    ap.add_argument("--seed", type=int, default=PLAN.seed)
    ap.add_argument("--epochs", type=int, default=PLAN.epochs)
    ap.add_argument("--size", choices=sorted(UPPER), default="wide", help="of the upper layers")
    ap.add_argument("--without", nargs="+", default=[], metavar="CORPUS", help="train without these")
    ap.add_argument("--limit", type=int, help="so many articles of each corpus (for a quick try)")
    return ap.parse_args()


if __name__ == "__main__":
    main()
