/** Google's operators for processors, of telephones above all. */
import { appendByName, type Provider } from "./provider.ts";

/** XNNPACK. */
export const xnnpack: Provider<"xnnpack"> = {
  name: "xnnpack",
  title: "XNNPACK",
  registeredName: "XnnpackExecutionProvider",
  append: (library, sessionOptions) => appendByName(library, sessionOptions, "XNNPACK"),
};
