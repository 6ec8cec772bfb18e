"""What the runners of Python systems share: the job, the times and the answer (see ../job.ts)."""
import json
import pathlib
import re
import sys
import time
import wave


def peak_memory():
    """Bytes. `ru_maxrss` would count the parent's at the time of the fork."""
    try:
        return int(re.search(r"VmHWM:\s*(\d+) kB", pathlib.Path("/proc/self/status").read_text())[1]) * 1024
    except (OSError, TypeError):
        return None


def read_wav(path):
    """Mono samples at 16 kHz as float32."""
    import numpy as np

    with wave.open(path) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 16000), path
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768


def run(version, imported, load, transcribe, job):
    """Measures `load() -> model` and `transcribe(model) -> (text, seconds to the first segment or None)`."""
    start = time.perf_counter()
    model = load()
    loaded = time.perf_counter() - start
    times, firsts, text = [], [], ""
    for count in range(job["repeat"]):
        start = time.perf_counter()
        text, first = transcribe(model)
        times.append(time.perf_counter() - start)
        firsts.append(first)
        if count == 0:
            print(json.dumps({"text": text}), flush=True)
    answer = {"version": version, "import": imported, "load": loaded, "transcribe": times, "text": text}
    if firsts[0] is not None:
        answer["firstText"] = min(firsts)
    if (peak := peak_memory()) is not None:
        answer["peakRss"] = peak
    if job["secondLoad"]:
        del model
        start = time.perf_counter()
        model = load()
        answer["secondLoad"] = time.perf_counter() - start
    print(json.dumps(answer), flush=True)


def unsupported(reason):
    print(json.dumps({"unsupported": reason}), flush=True)
    sys.exit()


JOB = json.loads(sys.argv[1])
