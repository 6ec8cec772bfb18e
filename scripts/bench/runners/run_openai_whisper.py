"""Runs a job with openai/whisper itself, in float32 on the CPU."""
import time

from measure import JOB, read_wav, run, unsupported

if JOB["precision"] != "float32":
    unsupported("float32 only on a CPU")
if JOB["batch"]:
    unsupported("no batches")

start = time.perf_counter()
import torch
import whisper

imported = time.perf_counter() - start
torch.set_num_threads(JOB["threads"])


def transcribe(model):
    options = dict(language="en", fp16=False, temperature=0, word_timestamps=JOB["words"], verbose=None)
    if JOB["beam"] > 1:
        options["beam_size"] = JOB["beam"]
    return model.transcribe(read_wav(JOB["audio"]), **options)["text"].strip(), None


run(
    f"openai-whisper {whisper.__version__}", imported, lambda: whisper.load_model(JOB["model"], device="cpu"),
    transcribe, JOB,
)
