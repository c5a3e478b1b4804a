"""A reader without some of its layers: `python -m training.shorten reader.pt --without 4 5 -o short.pt`.

What the layers left over make of it is to be learned anew, from `train --start` (after Sajjad et al. 2023, "On the
effect of dropping layers of pre-trained transformer models", who find that the last ones are missed least).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch import Tensor

LAYERS = "encoder.layers"


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("reader", type=Path)
    ap.add_argument("--without", type=int, nargs="+", required=True, help="layers, counted from 0")
    ap.add_argument("-o", "--output", type=Path, required=True)
    args = ap.parse_args()
    torch.save(shortened(torch.load(args.reader, weights_only=True), args.without), args.output)


def shortened(state: dict[str, Tensor], without: list[int]) -> dict[str, Tensor]:
    """The parameters of the layers that stay, numbered from 0 again, and all others."""
    kept: dict[str, Tensor] = {}
    for name, value in state.items():
        if not name.startswith(f"{LAYERS}."):
            kept[name] = value
            continue
        number, rest = name.removeprefix(f"{LAYERS}.").split(".", 1)
        if int(number) not in without:
            gone = sum(other < int(number) for other in without)
            kept[f"{LAYERS}.{int(number) - gone}.{rest}"] = value
    return kept


if __name__ == "__main__":
    main()
