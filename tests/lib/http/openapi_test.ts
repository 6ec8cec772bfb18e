import assert from "node:assert/strict";
import { createHandler } from "../../../lib/server.ts";
import { describe, it, itNeeds } from "../../harness.ts";
import { FakeModel, requestOf } from "./fake_model.ts";
import { npmPackage } from "./npm_package.ts";

const validator = await npmPackage(
  "@seriousme/openapi-schema-validator",
  "2.11.0",
  () => import("npm:@seriousme/openapi-schema-validator@2.11.0"),
);

// deno-lint-ignore no-explicit-any -- a document is walked through by its names
async function documentOf(apiKeys: string[] = [], page = true): Promise<any> {
  const handler = createHandler({ models: { base: new FakeModel() }, apiKeys, page });
  return await (await handler(new Request("http://localhost/openapi.json"))).json();
}

describe("the OpenAPI document", () => {
  itNeeds(validator.missing, "is one of version 3.1", async () => {
    for (const keys of [[], ["key"]]) {
      const { Validator } = validator.module;
      const { valid, errors } = await new Validator().validate(await documentOf(keys));
      assert.ok(valid, JSON.stringify(errors));
    }
  });

  it("describes the paths that are answered, and no other", async () => {
    const { paths } = await documentOf();
    const handler = createHandler({ models: { base: new FakeModel() } });
    for (const [path, methods] of Object.entries(paths as Record<string, object>)) {
      const url = `http://localhost${path.replace("{model}", "base")}`;
      const [method] = Object.keys(methods).filter((name) => name !== "parameters");
      const { status } = await handler(new Request(url, { method: method.toUpperCase() }));
      assert.equal(status, method === "post" ? 415 : path === "/v1/realtime" ? 426 : 200, path);
    }
    assert.deepEqual(["/" in paths, "/" in (await documentOf([], false)).paths], [true, false]);
  });

  it("describes fields that are known, with the models there are", async () => {
    const { paths } = await documentOf();
    const { schema } = paths["/v1/audio/transcriptions"].post.requestBody.content["multipart/form-data"];
    assert.deepEqual(schema.properties.model.enum, ["whisper-1", "base"]);
    const handler = createHandler({ models: { base: new FakeModel() } });
    for (const name of Object.keys(schema.properties)) {
      if (name === "file") continue;
      const response = await handler(requestOf({ [name]: "nonsense" }));
      const { error } = await response.json() as { error?: { code: string } };
      assert.notEqual(error?.code, "unknown_parameter", name);
    }
  });

  it("says that a key is needed where it is, but not for the server's health", async () => {
    assert.equal((await documentOf()).security, undefined);
    const { security, paths } = await documentOf(["key"]);
    assert.deepEqual([security, paths["/health"].get.security], [[{ key: [] }], []]);
  });
});
