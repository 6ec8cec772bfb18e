"""Runs a job with faster-whisper, sequentially or in its batched pipeline."""
import time

from measure import JOB, run

start = time.perf_counter()
import faster_whisper

imported = time.perf_counter() - start


def load():
    model = faster_whisper.WhisperModel(
        JOB["model"], device="cpu", compute_type=JOB["precision"], cpu_threads=JOB["threads"], local_files_only=True
    )
    return faster_whisper.BatchedInferencePipeline(model) if JOB["batch"] else model


def transcribe(model):
    options = dict(language="en", beam_size=JOB["beam"], temperature=0, word_timestamps=JOB["words"])
    if JOB["batch"]:
        options["batch_size"] = JOB["batch"]
    start = time.perf_counter()
    first, texts = None, []
    for segment in model.transcribe(JOB["audio"], **options)[0]:
        first = first or time.perf_counter() - start
        texts.append(segment.text)
    return "".join(texts).strip(), first or time.perf_counter() - start


run(f"faster-whisper {faster_whisper.__version__}", imported, load, transcribe, JOB)
