// @ts-check
/** A request to the server that the page came from. */
import { readEvents } from "./event_stream.js";

/** @typedef {import("../text/downloads.js").Segment} Segment */

/**
 * @typedef {object} Wanted
 * @property {Blob} file The recording.
 * @property {string} name Its name.
 * @property {string} model
 * @property {string} language Its code, or nothing.
 * @property {boolean} translate Whether into English.
 * @property {boolean} skipSilence
 * @property {string} key The API key, or nothing.
 */

/**
 * @typedef {object} Finished
 * @property {string} language Its English name.
 * @property {number} duration Seconds of the recording.
 */

/**
 * @typedef {object} Listener
 * @property {(share: number) => void} onUpload Told how much was sent, from 0 to 1.
 * @property {(loaded: number, total: number | null) => void} onProgress Told the seconds that were heard.
 * @property {(segment: Segment) => void} onSegment Told each segment as it comes.
 */

/** What the server, or the way to it, says went wrong. */
export class RequestError extends Error {
  /**
   * @param {string} message
   * @param {number} status The HTTP status; 0 if there is none.
   */
  constructor(message, status = 0) {
    super(message);
    this.status = status;
  }
}

/**
 * Sends a recording and listens to what comes. `fetch` tells nothing of an upload, so it is an XMLHttpRequest.
 *
 * @param {Wanted} wanted
 * @param {Listener} listener
 * @param {AbortSignal} signal
 * @returns {Promise<Finished>}
 */
export function transcribe(wanted, listener, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `v1/audio/${wanted.translate ? "translations" : "transcriptions"}`);
    if (wanted.key !== "") request.setRequestHeader("authorization", `Bearer ${wanted.key}`);
    request.upload.onprogress = ({ loaded, total }) => listener.onUpload(loaded / total);
    let read = 0;
    let isOver = false;
    /** @type {(event: Record<string, any>) => void} */
    const take = (event) => {
      if (event.error) reject(new RequestError(event.error.message));
      else if (event.type === "transcript.progress") listener.onProgress(event.loaded, event.total);
      else if (event.type === "transcript.text.segment") {
        const { type: _type, ...segment } = event;
        listener.onSegment(/** @type {Segment} */ (segment));
      } else if (event.type === "transcript.text.done") {
        isOver = true;
        resolve(/** @type {Finished} */ (event));
      }
    };
    request.onprogress = () => {
      if (request.status !== 200) return;
      const { events, to } = readEvents(request.responseText, read);
      read = to;
      events.forEach(take);
    };
    request.onload = () => {
      if (request.status !== 200) return reject(errorOf(request));
      request.onprogress?.(/** @type {any} */ (undefined));
      if (!isOver) reject(new RequestError("The connection broke off before the end."));
    };
    request.onerror = () =>
      reject(
        new RequestError(
          read > 0
            ? "The connection broke off before the end."
            : "The server cannot be reached, or it broke off the upload.",
        ),
      );
    request.onabort = () => reject(signal.reason);
    signal.addEventListener("abort", () => request.abort());
    request.send(formOf(wanted));
  });
}

/** @param {Wanted} wanted */
function formOf({ file, name, model, language, skipSilence }) {
  const form = new FormData();
  const fields = {
    model,
    language,
    response_format: "verbose_json",
    stream: "true",
    progress: "true",
    vad: skipSilence ? "true" : "",
  };
  for (const [field, value] of Object.entries(fields)) if (value !== "") form.append(field, value);
  for (const granularity of ["word", "segment"]) form.append("timestamp_granularities[]", granularity);
  form.append("file", file, name);
  return form;
}

/** @param {XMLHttpRequest} request */
function errorOf(request) {
  const { status } = request;
  const wait = request.getResponseHeader("retry-after");
  const later = wait === null ? "" : ` Try again in ${wait} seconds.`;
  return new RequestError(
    `${sentence(messageIn(request.responseText) ?? `The server answers ${status}`)}${later}`,
    status,
  );
}

/** @param {string} body */
function messageIn(body) {
  try {
    return /** @type {string | undefined} */ (JSON.parse(body).error?.message);
  } catch {
    return undefined;
  }
}

/** @param {string} text */
function sentence(text) {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
