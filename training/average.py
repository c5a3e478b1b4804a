"""The weighted mean of two trained readers: `python -m training.average third.pt fourth.pt --share 0.3 -o reader.pt`.

Of a reader and of what further training made of it, which lie close together, the mean is steadier than either (after
Wortsman et al. 2022, "Model soups").
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("first", type=Path)
    ap.add_argument("second", type=Path)
    ap.add_argument("--share", type=float, default=0.5, help="the second's share of the mean")
    ap.add_argument("-o", "--output", type=Path, required=True)
    args = ap.parse_args()
    first, second = (torch.load(path, weights_only=True) for path in (args.first, args.second))
    torch.save({name: torch.lerp(first[name], second[name], args.share) for name in first}, args.output)


if __name__ == "__main__":
    main()
