#!/bin/sh
# Builds lib/audio/wasm/decoders.ts from this crate. Wants root on Debian with cargo and the package mmdebstrap, and
# 1.5 GB for a Debian 13 with a Rust 1.85 that compiles to WebAssembly, which is kept in the folder given:
#
#     scripts/audio_wasm/build.sh /tmp/debian-13
#
# The sources are the published ones, in the versions of Cargo.lock, but for one line of Symphonia's. The same sources
# give the same bytes.
set -eu

root=${1:?the folder of the Debian 13 to build in}
here=$(cd "$(dirname "$0")" && pwd)

if [ ! -x "$root/usr/bin/wasm-opt" ]; then
  mmdebstrap --variant=apt --include=rustc,cargo,libstd-rust-dev-wasm32,lld,binaryen trixie "$root"
fi

work="$root/build"
rm -rf "$work"
mkdir -p "$work/.cargo"
cp -r "$here/Cargo.toml" "$here/Cargo.lock" "$here/src" "$work"
(cd "$work" && cargo vendor --locked vendor > .cargo/config.toml)
sed -i 's/^directory = .*/directory = "vendor"/' "$work/.cargo/config.toml"

# Coupled channels of Vorbis are parted from the last step to the first (Vorbis I, 4.3.5). Symphonia 0.6.1 begins with the
# first, which is wrong from three channels on: the back of 5.1 is another sound then.
vorbis="$work/vendor/symphonia-codec-vorbis"
sed -i 's/in mapping\.couplings\.iter() {/in mapping.couplings.iter().rev() {/' "$vorbis/src/lib.rs"
grep -q 'couplings\.iter()\.rev()' "$vorbis/src/lib.rs"
sed -i 's/"src\/lib\.rs":"[0-9a-f]*",*//' "$vorbis/.cargo-checksum.json"

chroot "$root" sh -eu -c '
cd /build
# nanomp3 is written for Rust 1.89; what it wants of that is in 1.85 too, not yet called stable.
export RUSTC_BOOTSTRAP=1
export RUSTFLAGS="-Z crate-attr=feature(slice_as_chunks) -C linker=wasm-ld -C target-feature=+simd128 -C link-arg=--max-memory=67108864 -C link-arg=-zstack-size=1048576"
cargo build --quiet --ignore-rust-version --release --offline --locked --target wasm32-unknown-unknown
wasm-opt -O3 --enable-simd --enable-bulk-memory --strip-debug --strip-producers \
  target/wasm32-unknown-unknown/release/audio_wasm.wasm -o audio.wasm
'
deno run --allow-read="$work" --allow-write="$here/../../lib/audio/wasm" "$here/embed.ts" "$work/audio.wasm"
