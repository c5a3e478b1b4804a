"""Trained weights → the two parts that ship: `python -m training.export reader.pt -o quotes/attribution/weights/`.

ONNX with the weights of matrix products in eight bits, a scale for each column. The products keep one bit free
(`reduce_range`), for processors without VNNI add pairs of them in sixteen bits and would overflow. The graph is written
as the runtime would make it faster at every start, its steps fused.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from quotes.attribution.reader.model import SLOWER
from training.names import Names
from training.network import Reader, at_words

Sizes = Mapping[str, dict[int, str]]  # by name and axis
Outputs = tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]


class Words(nn.Module):
    """The vectors of word pieces in eight bits, a scale for each."""

    def __init__(self, words: nn.Embedding):
        super().__init__()
        self.scale = nn.Parameter(words.weight.detach().abs().amax(1, keepdim=True) / 127, requires_grad=False)
        self.values = nn.Parameter((words.weight.detach() / self.scale).round().to(torch.int8), requires_grad=False)

    def forward(self, ids: Tensor) -> Tensor:
        return self.values[ids].float() * self.scale[ids]


class Lower(nn.Module):
    """The layers that names need: one window, ids and features [1,T], words [1,W] → states [1,T,width], the logits of
    name tags [W,13], and those of their steps [13,13]."""

    def __init__(self, reader: Reader):
        super().__init__()
        self.encoder, self.names = copy.deepcopy(reader.encoder), Names.before()
        self.encoder.words = Words(reader.encoder.words)

    def forward(self, ids: Tensor, features: Tensor, words: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        states, _ = self.encoder.below(ids, features)
        x = at_words(states, words)
        return states, self.names(x, torch.ones_like(words))[0], self.names.steps.clone()


class Upper(nn.Module):
    """The layers above those that names need, and `Heads.read_alone`: one window, states [1,T,width], words [1,W]."""

    def __init__(self, reader: Reader):
        super().__init__()
        self.reader = reader

    def forward(self, states: Tensor, words: Tensor, threshold: Tensor) -> Outputs:
        states = self.reader.encoder.above(states, states.new_zeros(1))
        return self.reader.heads.read_alone(states[0, words[0]], threshold)


LOWER_OUTPUTS = ("states", "names", "steps")
LOWER_SIZES = {
    "ids": {1: "T"},
    "features": {1: "T"},
    "words": {1: "W"},
    "states": {1: "T"},
    "names": {0: "W"},
}
OUTPUTS = ("scores", "places", "kinds", "tags", "acts", "whys")
# The sizes that vary, of what goes in and what comes out.
SIZES = {
    "states": {1: "T"},
    "words": {1: "W"},
    "scores": {0: "N"},
    "places": {0: "N"},
    "kinds": {0: "N"},
    "tags": {0: "N", 1: "W"},
    "acts": {0: "N"},
    "whys": {0: "W"},
}


def export_lower(reader: Reader, path: Path) -> None:
    """Write the lower part of `reader` to `path`, in floats of 32 bits but for the vectors of words."""
    ids = torch.arange(1000, 1040)[None]
    inputs = {"ids": ids, "features": torch.zeros_like(ids), "words": torch.arange(1, 31)[None]}
    write(Lower(reader), inputs, LOWER_OUTPUTS, LOWER_SIZES, path)


def export_upper(reader: Reader, path: Path) -> None:
    """Write the upper part of `reader` to `path`, in floats of 32 bits."""
    states = torch.randn(1, 40, reader.encoder.norm.weight.shape[0])
    inputs = {"states": states, "words": torch.arange(1, 31)[None], "threshold": torch.tensor(-9.0)}
    write(Upper(reader), inputs, OUTPUTS, SIZES, path)


def write(
    network: nn.Module,
    inputs: Mapping[str, Tensor],
    outputs: Sequence[str],
    sizes: Sizes,
    path: Path,
) -> None:
    """Write a network to `path`, in floats of 32 bits; `sizes` names those that vary."""
    torch.onnx.export(
        network.eval(),
        tuple(inputs.values()),
        str(path),
        input_names=list(inputs),
        output_names=list(outputs),
        dynamic_axes=sizes,
        opset_version=17,
        dynamo=False,
    )


def in_eight_bits(export: Callable[[Path], None], target: Path) -> None:
    """The file that ships of the network that `export` writes, its products in eight bits and its steps fused."""
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / target.name
        export(whole)
        quantize(whole, target)
    optimize(target, target)


def quantize(path: Path, target: Path) -> None:
    """The matrix products of the network at `path` in eight bits."""
    quantize_dynamic(
        str(path),
        str(target),
        op_types_to_quantize=["MatMul"],
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
        extra_options={"MatMulConstBOnly": True},
    )


def optimize(path: Path, target: Path) -> None:
    """The network at `path` with the fusions that serve every processor; `target` may be the same file."""
    settings = onnxruntime.SessionOptions()
    settings.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    settings.optimized_model_filepath = str(target)
    network = path.read_bytes()
    onnxruntime.InferenceSession(network, settings, ["CPUExecutionProvider"], disabled_optimizers=SLOWER)


def export_files(weights: Path, folder: Path) -> None:
    """The files that ship, from trained weights."""
    reader = Reader.of(torch.load(weights, weights_only=True))
    for name, export in (("lower.onnx", export_lower), ("upper.onnx", export_upper)):
        target = folder / name
        in_eight_bits(partial(export, reader), target)
        print(target, target.stat().st_size)
    write_sums(folder)


FILES = ("lower.onnx", "upper.onnx", "tokenizer.json")


def write_sums(folder: Path) -> None:
    """The checksums of the reader's files in `folder`, as `sha256sum` writes them."""
    there = [folder / name for name in FILES if (folder / name).is_file()]
    sums = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in there]
    (folder / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("weights", type=Path)
    ap.add_argument("-o", "--output", type=Path, required=True, help="the folder for the files")
    args = ap.parse_args()
    export_files(args.weights, args.output)


if __name__ == "__main__":
    main()
