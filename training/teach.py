"""What a teacher says, for `training.train --lessons`:
`python -m training.teach train.jsonl --teacher half.pt --part 0/2 -o lessons`.

Of an article that it has learned from a teacher says hardly more than the annotation does; of another it says what can
be known. So it is trained with `--leave-out 0/2`, and heard on the articles that were left out alone (after Wolpert
1992, "Stacked Generalization", where what is learned from is predicted in the same way). There is a file for each
epoch, with windows cut and names replaced anew.

Where nobody annotated the articles (`training/newswire.py`) what the teacher reads stands in the place of the
annotation. There it can be one that learned from every annotated article, and each file holds a part of the articles.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import torch
from torch import Tensor

from quotes.attribution.model import ReaderOptions
from training.data import batches, collate, cut, fold, frequent_names, load
from training.network import Reader
from training.train import Lesson, base_weights, load_tokenizer, scores_of

Batch = dict[str, Tensor]


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("articles", type=Path)
    ap.add_argument("-o", "--output", type=Path, required=True, help="folder")
    ap.add_argument("--teacher", type=Path, required=True)
    ap.add_argument("--part", default="0/1", metavar="K/N", help="of the articles those that it has not learned from")
    ap.add_argument("--plain", action="store_true", help="nobody annotated the articles")
    ap.add_argument("--epochs", type=int, default=4)
    ap.add_argument("--batch", type=int, default=2048, help="word pieces a batch")
    ap.add_argument("--rename", type=float, default=0.45, help="share of articles read under other names")
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--bf16", action="store_true", help="compute in 16 bits where that is safe")
    args = ap.parse_args()
    teacher = Reader.of(torch.load(args.teacher, weights_only=True)).eval()
    tokenizer, articles = load_tokenizer(base_weights()), load(args.articles)
    names, rng = frequent_names(articles), random.Random(args.seed)
    heard = fold(articles, args.part, without=False)
    args.output.mkdir()
    for epoch in range(args.epochs):
        some = fold(heard, f"{epoch}/{args.epochs}", without=False) if args.plain else heard
        examples = cut(some, tokenizer, rng, names, args.rename)
        groups = (collate(group) for group in batches(examples, rng, args.batch))
        with torch.autocast("cpu", torch.bfloat16, enabled=args.bf16):
            lessons = [(read if args.plain else hear)(teacher, batch) for batch in groups]
        torch.save(lessons, args.output / f"{epoch}.pt")
        print(f"epoch {epoch}: {len(lessons)} lessons", flush=True)


@torch.no_grad()
def hear(teacher: Reader, batch: Batch) -> Lesson:
    """What the teacher says of annotated windows."""
    cues, tags = scores_of(teacher, batch)[-1]
    return batch, (cues.half(), tags.half())


@torch.no_grad()
def read(teacher: Reader, batch: Batch) -> Lesson:
    """What the teacher says of windows that nobody annotated, and in the annotation's place what it reads there."""
    cues, x = teacher(batch["ids"], batch["features"], batch["words"])[-1]
    real = batch["words"] > 0
    sure = torch.sigmoid(cues.float()) * real
    row, place = torch.nonzero(sure >= ReaderOptions().threshold, as_tuple=True)
    tags = teacher.heads[-1].read(x, row, place)
    found = {"row": row, "place": place, "cue": sure, "tags": torch.where(real[row], tags.argmax(-1), -100)}
    return batch | found, (cues[real].half(), tags[real[row]].half())


if __name__ == "__main__":
    main()
