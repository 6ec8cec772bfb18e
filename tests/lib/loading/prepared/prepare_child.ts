/** Loads a checkpoint with a prepared model, which it makes, and prints what it computed. */
import process from "node:process";
import { loadModel } from "../../../../mod.ts";

const [path, options] = process.argv.slice(2);
using model = await loadModel(path, JSON.parse(options));
const nFrames = 2 * model.dims.nAudioCtx;
const data = Float32Array.from({ length: model.dims.nMels * nFrames }, (_, i) => Math.sin(i / 97));
using features = await model.embedAudio({ nMels: model.dims.nMels, nFrames, data });
console.log(JSON.stringify((await model.detectLanguage(features)).languageProbs));
