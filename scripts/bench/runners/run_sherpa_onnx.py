"""Runs a job with sherpa-onnx on the weights that ../export/sherpa_onnx.py wrote."""
import time

from measure import JOB, read_wav, run, unsupported

if JOB["beam"] > 1 or JOB["batch"] or JOB["words"]:
    unsupported("greedy, one window, no word times")
samples = read_wav(JOB["audio"])
if len(samples) > 30 * 16000:
    unsupported("30 s at most")

start = time.perf_counter()
import sherpa_onnx

imported = time.perf_counter() - start
suffix = ".int8.onnx" if JOB["precision"] == "int8" else ".onnx"


def load():
    return sherpa_onnx.OfflineRecognizer.from_whisper(
        encoder=f"{JOB['model']}/encoder{suffix}",
        decoder=f"{JOB['model']}/decoder{suffix}",
        tokens=f"{JOB['model']}/tokens.txt",
        language="en",
        num_threads=JOB["threads"],
    )


def transcribe(model):
    stream = model.create_stream()
    stream.accept_waveform(16000, samples)
    model.decode_stream(stream)
    return stream.result.text.strip(), None


run(f"sherpa-onnx {sherpa_onnx.__version__}", imported, load, transcribe, JOB)
