import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import { openLibrary } from "../../../ffi/library.ts";
import { cgroupQuota, countCores, physicalCores, windowsPhysicalCores } from "../../../ffi/system/cores.ts";
import { threadsFor } from "../../../ffi/threads.ts";
import { describe, it } from "../../harness.ts";

const { ffi } = await openLibrary();

const reading = (files: Record<string, string>) => (path: string) => files[path];

describe("countCores()", () => {
  it("gives those of this machine that may be used, and of one that does not tell all", () => {
    const { logical, physical, quota } = countCores(ffi);
    assert.ok(physical >= 1 && physical <= logical);
    assert.ok(logical <= navigator.hardwareConcurrency || logical <= availableParallelism());
    assert.ok(quota === undefined || quota > 0);
    const all = navigator.hardwareConcurrency;
    assert.deepEqual(countCores(ffi, "plan9"), { logical: all, physical: all });
  });
});

describe("physicalCores()", () => {
  it("counts two threads of a core once, and knows those that are not described", () => {
    const at = (cpu: number) => `/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`;
    const read = reading({ [at(0)]: "0,4\n", [at(1)]: "1,5\n", [at(4)]: "0,4\n", [at(5)]: "1,5\n" });
    assert.equal(physicalCores([0, 1, 4, 5], read), 2);
    assert.equal(physicalCores([4, 5], read), 2);
    assert.equal(physicalCores([0, 4], read), 1);
    assert.equal(physicalCores([7, 8, 9], read), 3);
  });
});

describe("cgroupQuota()", () => {
  it("reads the second version, of a group and of those above it", () => {
    const cgroup = { "/proc/self/cgroup": "0::/user.slice/a.scope\n" };
    const of = (files: Record<string, string>) => cgroupQuota(reading({ ...cgroup, ...files }));
    assert.equal(of({ "/sys/fs/cgroup/user.slice/a.scope/cpu.max": "max 100000\n" }), undefined);
    assert.equal(of({ "/sys/fs/cgroup/user.slice/a.scope/cpu.max": "150000 100000\n" }), 1.5);
    assert.equal(
      of({
        "/sys/fs/cgroup/user.slice/a.scope/cpu.max": "400000 100000\n",
        "/sys/fs/cgroup/user.slice/cpu.max": "100000 50000\n",
      }),
      2,
    );
    // A container sees its own group at the root.
    assert.equal(of({ "/sys/fs/cgroup/cpu.max": "50000 100000" }), 0.5);
  });

  it("reads the first version, whatever its folder is called", () => {
    const cgroup = {
      "/proc/self/cgroup": "5:memory:/x\n4:cpu,cpuacct:/docker/0a1b\n1:name=systemd:/\n0::/\n",
    };
    const of = (folder: string, quota: string) => {
      const at = `/sys/fs/cgroup/${folder}`;
      return cgroupQuota(
        reading({ ...cgroup, [`${at}/cpu.cfs_quota_us`]: quota, [`${at}/cpu.cfs_period_us`]: "100000\n" }),
      );
    };
    assert.equal(of("cpu,cpuacct/docker/0a1b", "100000\n"), 1);
    assert.equal(of("cpu", "250000\n"), 2.5);
    assert.equal(of("cpu", "-1\n"), undefined);
    assert.equal(of("memory/x", "100000\n"), undefined);
  });

  it("knows no limit where there are no groups, or what is said of them is strange", () => {
    assert.equal(cgroupQuota(() => undefined), undefined);
    assert.equal(cgroupQuota(() => "nonsense"), undefined);
    assert.equal(
      cgroupQuota(reading({ "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "" })),
      undefined,
    );
  });
});

describe("windowsPhysicalCores()", () => {
  it("counts the cores that the process may use, and no caches", () => {
    const list = new DataView(new ArrayBuffer(128));
    const masks = [0b0011n, 0b1100n, 0b110000n, 0b1111n], relations = [0, 0, 0, 2];
    for (const [i, mask] of masks.entries()) {
      list.setBigUint64(32 * i, mask, true);
      list.setUint32(32 * i + 8, relations[i], true);
    }
    assert.equal(windowsPhysicalCores(list, 128, 0b111111n), 3);
    assert.equal(windowsPhysicalCores(list, 128, 0b000110n), 2);
  });
});

describe("threadsFor()", () => {
  it("takes a physical core each, and a whole one for a part that is granted", () => {
    assert.equal(threadsFor({ logical: 16, physical: 8 }), 8);
    assert.equal(threadsFor({ logical: 16, physical: 8, quota: 1 }), 1);
    assert.equal(threadsFor({ logical: 16, physical: 8, quota: 1.5 }), 2);
    assert.equal(threadsFor({ logical: 16, physical: 8, quota: 0.2 }), 1);
    assert.equal(threadsFor({ logical: 2, physical: 1, quota: 64 }), 1);
  });
});
