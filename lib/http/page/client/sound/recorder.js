// @ts-check
/** Recording from the microphone. */

/** What browsers record, the best first; the server reads all of them. */
const TYPES = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];

/** Milliseconds between two looks at how loud it is. */
const LOOK_EVERY = 80;

/** @returns {string | undefined} Why nothing can be recorded here, if so. */
export function whyNoRecording() {
  if (navigator.mediaDevices === undefined) {
    return "Recording needs HTTPS, or the page opened as localhost.";
  }
  return typeof MediaRecorder === "undefined" ? "This browser cannot record." : undefined;
}

/**
 * Starts to record. The browser asks whether it may.
 *
 * @param {(state: { seconds: number, level: number }) => void} onLook Told the time and how loud it is, from 0 to 1.
 * @returns {Promise<{ stop(): Promise<File>, discard(): void }>}
 */
export async function startRecording(onLook) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
  const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
  const recorder = new MediaRecorder(stream, { mimeType });
  /** @type {Blob[]} */
  const pieces = [];
  recorder.ondataavailable = ({ data }) => void pieces.push(data);
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 1024 });
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const started = performance.now();
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    // Decibels, as ears hear: from -60 to 0.
    const level = Math.max(0, Math.min(1, 1 + Math.log10(power + 1e-9) / 6));
    onLook({ seconds: (performance.now() - started) / 1000, level });
  }, LOOK_EVERY);
  const release = () => {
    clearInterval(timer);
    for (const track of stream.getTracks()) track.stop();
    context.close();
  };
  recorder.start(1000);
  return {
    async stop() {
      await new Promise((resolve) => {
        recorder.onstop = resolve;
        recorder.stop();
      });
      release();
      return new File(pieces, nameNow(recorder.mimeType), { type: recorder.mimeType });
    },
    discard() {
      recorder.ondataavailable = null;
      recorder.stop();
      release();
    },
  };
}

/** @param {string} type */
function nameNow(type) {
  const now = new Date();
  const two = (/** @type {number} */ part) => String(part).padStart(2, "0");
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  const extension = type.includes("mp4") ? "m4a" : type.includes("ogg") ? "ogg" : "webm";
  return `Recording ${day} ${two(now.getHours())}.${two(now.getMinutes())}.${extension}`;
}
