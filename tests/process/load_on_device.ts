/** Loads tiny.en on a device, twice where that fails, and prints what came of it and what a sentence is transcribed to. */
import process from "node:process";
import { decodeAudio, type Device, DeviceError, loadModel, type LoadModelOptions } from "../../mod.ts";
import { fixture } from "../harness.ts";

/** The first sentence of `sense.wav`, in samples. */
const SENTENCE = 71_000;

const [device, text = "{}"] = process.argv.slice(2);
const options: LoadModelOptions = JSON.parse(text);
const warnings: string[] = [];
const onWarning = (warning: string) => warnings.push(warning);
const load = (device: Device) => loadModel(fixture("tiny.en.pt"), { ...options, device, onWarning });

let error: object | undefined;
using model = await load(device as Device).catch((failure) => {
  if (!(failure instanceof DeviceError)) throw failure;
  error = { reason: failure.reason, available: failure.available };
  // What has failed leaves the process as it was.
  return load("cpu");
});
const samples = (await decodeAudio(fixture("sense.wav"))).subarray(0, SENTENCE);
const { text: transcript } = await model.transcribe(samples, { temperature: 0 });
console.log(JSON.stringify({
  device: model.device,
  report: model.deviceReport,
  warnings,
  error,
  transcript: transcript.trim(),
}));
