"""What a teacher says, for `training.train --lessons`:
`python -m training.teach train.jsonl --teacher half.pt --part 0/2 -o lessons`.

Of an article that it has learned from a teacher says hardly more than the annotation does; of another it says what can
be known. So it is trained with `--leave-out 0/2`, and heard on the articles that were left out alone (after Wolpert
1992, "Stacked Generalization", where what is learned from is predicted in the same way). There is a file for each
epoch, with windows cut and names replaced anew.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import torch

from training.data import batches, collate, cut, fold, frequent_names, load, read_written
from training.network import Reader
from training.train import Lesson, base_weights, load_tokenizer, scores_of


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("train", type=Path)
    ap.add_argument("-o", "--output", type=Path, required=True, help="folder")
    ap.add_argument("--teacher", type=Path, required=True)
    ap.add_argument("--part", required=True, metavar="K/N", help="the articles that the teacher has not learned from")
    ap.add_argument("--epochs", type=int, default=4)
    ap.add_argument("--batch", type=int, default=2048, help="word pieces a batch")
    ap.add_argument("--rename", type=float, default=0.45, help="share of articles read under other names")
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--bf16", action="store_true", help="compute in 16 bits where that is safe")
    ap.add_argument("--written", type=Path, default=Path(__file__).with_name("written"), help="folder of passages")
    args = ap.parse_args()
    teacher = Reader.of(torch.load(args.teacher, weights_only=True)).eval()
    tokenizer, train = load_tokenizer(base_weights()), load(args.train)
    names, written = frequent_names(train), read_written(args.written)
    known, unknown = (fold(train, args.part, without=without) for without in (True, False))
    rng = random.Random(args.seed)
    args.output.mkdir()
    for epoch in range(args.epochs):
        heard = cut(unknown, tokenizer, rng, names, args.rename)
        alone = cut(known, tokenizer, rng, names, args.rename) + cut(written, tokenizer, rng) * 2
        lessons: list[Lesson] = [(collate(group), None) for group in batches(alone, rng, args.batch)]
        lessons += [taught(teacher, collate(group), bf16=args.bf16) for group in batches(heard, rng, args.batch)]
        torch.save(lessons, args.output / f"{epoch}.pt")
        print(f"epoch {epoch}: {len(lessons)} lessons", flush=True)


@torch.no_grad()
def taught(teacher: Reader, batch: dict[str, torch.Tensor], *, bf16: bool) -> Lesson:
    with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        cues, tags = scores_of(teacher, batch)[-1]
    return batch, (cues.half(), tags.half())


if __name__ == "__main__":
    main()
