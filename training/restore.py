"""The files that ship → weights to go on from: `python -m training.restore quotes/attribution/weights -o reader.pt`.

They are what eight bits keep of the weights that were exported; exported again they give the same eight bits.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from training.network import HEAD, NEVER, Reader

PRODUCT = "_quant"
PARTS = ("lower.onnx", "upper.onnx")
HEADS = "heads.0"  # only one exit's heads ship
WORDS = "encoder.words"


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("folder", type=Path)
    ap.add_argument("-o", "--output", type=Path, required=True)
    args = ap.parse_args()
    graphs = [onnx.load(str(args.folder / part)).graph for part in PARTS]
    state = {name: value for graph in graphs for name, value in parameters(graph)}
    torch.save(Reader.of(state | {"names.steps": steps(graphs[0])}).state_dict(), args.output)


def parameters(graph: onnx.GraphProto) -> Iterator[tuple[str, Tensor]]:
    """The parameters of a part of the network under the names that they have in training."""
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for name, values in stored.items():
        if name.startswith("reader.") and values.dtype == np.float32 and WORDS not in name and "_scale" not in name:
            yield name.removeprefix("reader."), torch.tensor(values)
    if f"reader.{WORDS}.values" in stored:
        words = stored[f"reader.{WORDS}.values"] * stored[f"reader.{WORDS}.scale"]
        yield f"{WORDS}.weight", torch.tensor(words, dtype=torch.float32)
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            yield from _product(node, stored)
        elif node.op_type == "Add" and _is_attention(node.name, "Add") and node.input[1] in stored:
            yield from _three(node.name, "bias", torch.tensor(stored[node.input[1]]))


def steps(lower: onnx.GraphProto) -> Tensor:
    """What the head for names thinks of each tag behind another; of what may never follow it thinks nothing."""
    known = {tensor.name: numpy_helper.to_array(tensor) for tensor in lower.initializer}
    constants = {
        node.output[0]: numpy_helper.to_array(node.attribute[0].t) for node in lower.node if node.op_type == "Constant"
    }
    values = torch.tensor((known | constants)[lower.output[2].name])
    return torch.where(values < NEVER / 2, 0.0, values)


def _product(node: onnx.NodeProto, stored: dict[str, np.ndarray]) -> Iterator[tuple[str, Tensor]]:
    name = node.input[1].removesuffix("_quantized")
    whole = stored[node.input[1]].astype(np.float32) - stored[f"{name}_zero_point"]
    weight = torch.tensor((whole * stored[f"{name}_scale"]).T)
    if _is_attention(node.name, f"MatMul{PRODUCT}"):
        yield from _three(node.name, "weight", weight)
        return
    path = node.name.rsplit("/", 1)[0].replace("/cue/cue.", "/cue.").strip("/").replace("/", ".")
    yield f"{_home(path)}.weight", weight


def _home(path: str) -> str:
    """The name in training of what the graph calls by less."""
    if path.startswith(("encoder.", "names.", "heads.")):
        return path
    return f"encoder.{path}" if path.startswith("layers.") else f"{HEADS}.{path}"


def _is_attention(name: str, operation: str) -> bool:
    """Whether an operation stands in a layer itself: the one product that makes queries, keys and values."""
    *_, layer, last = name.split("/")
    return layer.startswith("layers.") and last == operation


def _three(name: str, kind: str, values: Tensor) -> Iterator[tuple[str, Tensor]]:
    """Queries, keys and values apart; the queries were scaled for the product."""
    layer = name.split("/")[-2]
    scales = {"query": math.sqrt(HEAD), "key": 1.0, "value": 1.0}
    for (part, scale), piece in zip(scales.items(), values.chunk(3), strict=True):
        yield f"encoder.{layer}.{part}.{kind}", piece * scale


if __name__ == "__main__":
    main()
