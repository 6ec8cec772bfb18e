/**
 * ONNX Runtime's telemetry is switched off, always: since 1.30 it writes files into the home and the temporary folder
 * and looks up its collector as soon as it is loaded. It reads the native environment, which `process.env` does not
 * write to on Bun.
 */
import process from "node:process";
import { cString, ortPath } from "../memory.ts";
import { systemFunctions } from "./system_library.ts";
import type { Ffi } from "../types.ts";

/** The variable that ONNX Runtime reads when it is loaded. */
export const TELEMETRY_VARIABLE = "ORT_DISABLE_TELEMETRY";

/** Switches the telemetry off, before the library is opened. A variable that the user has set is left as it is. */
export function disableTelemetry(ffi: Ffi, platform: string = process.platform): void {
  if (platform === "win32") disableOnWindows(ffi);
  else {
    const KEEP = 0;
    const { setenv } = systemFunctions(ffi, platform, {
      setenv: { parameters: ["buffer", "buffer", "i32"], result: "i32" },
    });
    setenv(cString(TELEMETRY_VARIABLE), cString("1"), KEEP);
  }
}

/** Whether ONNX Runtime finds its telemetry switched off, as the native environment says. */
export function isTelemetryOff(ffi: Ffi, platform: string = process.platform): boolean {
  if (platform === "win32") {
    const { GetEnvironmentVariableW } = systemFunctions(ffi, platform, {
      GetEnvironmentVariableW: { parameters: ["buffer", "buffer", "i32"], result: "i32" },
    });
    const value = new Uint8Array(new ArrayBuffer(16));
    const length = GetEnvironmentVariableW(ortPath(TELEMETRY_VARIABLE, platform), value, value.length / 2);
    return isYes(new TextDecoder("utf-16le").decode(value.subarray(0, 2 * length)));
  }
  const { getenv } = systemFunctions(ffi, platform, {
    getenv: { parameters: ["buffer"], result: "pointer" },
  });
  const value = getenv(cString(TELEMETRY_VARIABLE));
  return value !== 0 && isYes(ffi.readCString(value));
}

function isYes(value: string): boolean {
  return !["", "0", "false"].includes(value.toLowerCase());
}

/** Windows keeps two environments, of the system and of the C runtime. */
function disableOnWindows(ffi: Ffi): void {
  const { GetEnvironmentVariableW, SetEnvironmentVariableW, _putenv_s } = systemFunctions(ffi, "win32", {
    GetEnvironmentVariableW: { parameters: ["buffer", "buffer", "i32"], result: "i32" },
    SetEnvironmentVariableW: { parameters: ["buffer", "buffer"], result: "i32" },
    _putenv_s: { parameters: ["buffer", "buffer"], result: "i32" },
  });
  const name = ortPath(TELEMETRY_VARIABLE, "win32");
  if (GetEnvironmentVariableW(name, null, 0) !== 0) return;
  SetEnvironmentVariableW(name, ortPath("1", "win32"));
  _putenv_s(cString(TELEMETRY_VARIABLE), cString("1"));
}
