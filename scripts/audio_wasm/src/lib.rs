//! Decoders of compressed audio for Sotto, as one WebAssembly file: Symphonia's for most formats, nanomp3 for MP3,
//! libopus (turned into Rust by c2rust) for Opus. An instance decodes one recording, packet by packet, and asks
//! JavaScript for the bytes it wants. It sees nothing but those bytes and its own memory.

mod input;
mod mp3;
mod opus;
mod recording;

use recording::{Failure, Recording, Step};

/// The recording, what went wrong last, and the samples of the last packet. An instance has one thread.
struct State {
    recording: Option<Recording>,
    message: String,
    samples: Vec<f32>,
}

static mut STATE: State = State { recording: None, message: String::new(), samples: Vec::new() };

#[allow(static_mut_refs)]
fn state() -> &'static mut State {
    // SAFETY: WebAssembly without threads, and no export is called while another runs.
    unsafe { &mut STATE }
}

/// Opens a recording of `size` bytes. Gives 0, or what `Failure::code` says; `message` has the words.
///
/// `track` counts the audio tracks from 0; below 0 it is the file's default.
#[no_mangle]
pub extern "C" fn open(size: f64, track: i32) -> i32 {
    let state = state();
    match Recording::open(size as u64, usize::try_from(track).ok()) {
        Ok(recording) => {
            state.recording = Some(recording);
            0
        }
        Err(failure) => fail(failure),
    }
}

/// Decodes a packet, or several small ones. Gives the number of frames, whose samples are at `samples`; 0 if there
/// were none yet; -1 at the end; -2 for a packet that was damaged and left out; -3 when no more can be read.
#[no_mangle]
pub extern "C" fn next() -> i32 {
    let State { recording, samples, message } = state();
    let Some(recording) = recording else { return -1 };
    match recording.next(samples) {
        Step::Frames(count) => count as i32,
        Step::End => -1,
        Step::Damaged(why) => {
            *message = why;
            -2
        }
        Step::Broken(why) => {
            *message = why;
            -3
        }
    }
}

/// Where the samples of the last packet are: interleaved, full scale being 1.
#[no_mangle]
pub extern "C" fn samples() -> *const f32 {
    state().samples.as_ptr()
}

/// Where the words are of what went wrong last, in UTF-8.
#[no_mangle]
pub extern "C" fn message() -> *const u8 {
    state().message.as_ptr()
}

#[no_mangle]
pub extern "C" fn message_length() -> u32 {
    state().message.len() as u32
}

/// Samples a second of each channel, as of the last packet.
#[no_mangle]
pub extern "C" fn sample_rate() -> u32 {
    state().recording.as_ref().map_or(0, |recording| recording.shape.sample_rate)
}

/// Channels, as of the last packet.
#[no_mangle]
pub extern "C" fn channels() -> u32 {
    state().recording.as_ref().map_or(0, |recording| recording.shape.channels)
}

/// The speakers, a bit each as in `WAVE_FORMAT_EXTENSIBLE`, or 0 if they are not known.
#[no_mangle]
pub extern "C" fn channel_mask() -> u32 {
    state().recording.as_ref().map_or(0, |recording| recording.shape.channel_mask)
}

/// Which of the file's audio tracks is decoded, from 0.
#[no_mangle]
pub extern "C" fn track() -> u32 {
    state().recording.as_ref().map_or(0, |recording| recording.track_index)
}

/// Audio tracks in the file.
#[no_mangle]
pub extern "C" fn track_count() -> u32 {
    state().recording.as_ref().map_or(0, |recording| recording.track_count)
}

/// Frames that the track has by its header, or 0 if it does not say.
#[no_mangle]
pub extern "C" fn stated_frames() -> f64 {
    state().recording.as_ref().map_or(0.0, |recording| recording.stated_frames as f64)
}

fn fail(failure: Failure) -> i32 {
    let (code, message) = failure.describe();
    state().message = message;
    code
}
