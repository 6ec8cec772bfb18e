"""Reads an official checkpoint (.pt) with numpy alone: `dims` and the weights in float32."""
import collections
import pickle
import zipfile

import numpy as np

TYPES = {"HalfStorage": "<f2", "FloatStorage": "<f4"}


def _rebuild(storage, offset, shape, strides, *_):
    sizes = [stride * storage.itemsize for stride in strides]
    array = np.lib.stride_tricks.as_strided(storage[offset:], shape, sizes)
    return np.ascontiguousarray(array, np.float32)


class _Unpickler(pickle.Unpickler):
    """Knows what official checkpoints hold and refuses all else."""

    def __init__(self, file, archive, root):
        super().__init__(file)
        self.archive, self.root = archive, root

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuild
        if module == "torch" and name in TYPES:
            return TYPES[name]
        raise pickle.UnpicklingError(f"{module}.{name}")

    def persistent_load(self, pid):
        _, dtype, key, _, _ = pid
        return np.frombuffer(self.archive.read(f"{self.root}/data/{key}"), dtype)


def read_checkpoint(path):
    """The sizes as attributes, and the weights by openai/whisper's names."""
    with zipfile.ZipFile(path) as archive:
        name = next(name for name in archive.namelist() if name.endswith("/data.pkl"))
        with archive.open(name) as file:
            content = _Unpickler(file, archive, name.split("/")[0]).load()
    return collections.namedtuple("Dims", content["dims"])(**content["dims"]), content["model_state_dict"]
