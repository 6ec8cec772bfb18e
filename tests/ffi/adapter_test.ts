import { openLibrary } from "../../ffi/library.ts";
import { testFfi } from "./conformance.ts";

const { ffi, path } = await openLibrary();
testFfi(ffi, path);
