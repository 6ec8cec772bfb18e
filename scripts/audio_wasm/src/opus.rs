//! Opus, decoded at 16 kHz: the decoder leaves out the bands above, so that nothing has to be resampled.

use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::packet::Packet;
use crate::recording::Shape;
use unsafe_libopus::{
    opus_multistream_decode_float, opus_multistream_decoder_create, opus_multistream_decoder_destroy,
    opus_strerror, OpusMSDecoder, OPUS_OK,
};

/// Opus counts everything at this rate, whatever it is decoded at.
const CODED_RATE: u64 = 48_000;
const RATE: u64 = 16_000;
const MAGIC: &[u8] = b"OpusHead";
/// The longest packet has 120 ms.
const MAX_FRAMES: usize = (RATE * 120 / 1000) as usize;

pub struct OpusDecoder {
    state: *mut OpusMSDecoder,
    channels: usize,
    channel_mask: u32,
    gain: f32,
    /// Frames at 16 kHz still to be left out at the beginning.
    skip: usize,
}

// SAFETY: WebAssembly has one thread here.
unsafe impl Send for OpusDecoder {}
unsafe impl Sync for OpusDecoder {}

impl OpusDecoder {
    /// Reads the identification header (RFC 7845, section 5.1). What has none, as in a Core Audio file, is mono or
    /// stereo, of which `delay` says how many frames come before the sound.
    pub fn new(params: &AudioCodecParameters, delay: u32) -> Result<OpusDecoder, String> {
        let head = params.extra_data.as_deref().unwrap_or(&[]);
        let header = if head.starts_with(MAGIC) { Header::read(head) } else { Header::plain(params, delay) };
        let header = header.ok_or_else(|| String::from("its Opus header is damaged"))?;
        let mut error = 0;
        // SAFETY: the mapping has one entry a channel.
        let state = unsafe {
            opus_multistream_decoder_create(
                RATE as i32,
                header.channels as i32,
                header.streams.into(),
                header.coupled.into(),
                header.mapping.as_ptr(),
                &mut error,
            )
        };
        if state.is_null() || error != OPUS_OK {
            return Err(format!("its Opus header is damaged: {}", words(error)));
        }
        let skip = to_frames(header.pre_skip.into());
        let Header { channels, channel_mask, gain, .. } = header;
        Ok(OpusDecoder { state, channels, channel_mask, gain, skip })
    }

    pub fn shape(&self) -> Shape {
        Shape { sample_rate: RATE as u32, channels: self.channels as u32, channel_mask: self.channel_mask }
    }

    pub fn decode(&mut self, packet: &Packet, samples: &mut Vec<f32>) -> Result<usize, String> {
        samples.resize(MAX_FRAMES * self.channels, 0.0);
        // SAFETY: the buffer has as many frames as are promised, and the packet its length.
        let count = unsafe {
            opus_multistream_decode_float(
                &mut *self.state,
                packet.data.as_ptr(),
                packet.data.len() as i32,
                samples.as_mut_ptr(),
                MAX_FRAMES as i32,
                0,
            )
        };
        if count < 0 {
            samples.clear();
            return Err(format!("an Opus packet is damaged: {}", words(count)));
        }
        let count = count as usize;
        // The header alone says what to leave out at the beginning, whatever the container repeats of it.
        let start = self.skip.min(count);
        self.skip -= start;
        let end = count - to_frames(packet.trim_end.get()).min(count - start);
        samples.truncate(end * self.channels);
        samples.drain(..start * self.channels);
        for sample in samples.iter_mut() {
            *sample *= self.gain;
        }
        Ok(end - start)
    }
}

impl Drop for OpusDecoder {
    fn drop(&mut self) {
        // SAFETY: it was created and is destroyed once.
        unsafe { opus_multistream_decoder_destroy(self.state) }
    }
}

struct Header {
    channels: usize,
    channel_mask: u32,
    pre_skip: u16,
    gain: f32,
    streams: u8,
    coupled: u8,
    mapping: Vec<u8>,
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Header> {
        if bytes.len() < 19 {
            return None;
        }
        let channels = usize::from(bytes[9]);
        let pre_skip = u16::from_le_bytes([bytes[10], bytes[11]]);
        // In 256ths of a decibel.
        let gain = 10f32.powf(f32::from(i16::from_le_bytes([bytes[16], bytes[17]])) / (20.0 * 256.0));
        let (streams, coupled, mapping) = match bytes[18] {
            0 if channels == 1 => (1, 0, vec![0]),
            0 if channels == 2 => (1, 1, vec![0, 1]),
            0 => return None,
            _ => (*bytes.get(19)?, *bytes.get(20)?, bytes.get(21..21 + channels)?.to_vec()),
        };
        // Other families than these two say nothing of speakers.
        let (order, channel_mask) = if bytes[18] <= 1 { speakers(channels) } else { (&[][..], 0) };
        let mapping = if order.is_empty() { mapping } else { order.iter().map(|&from| mapping[from]).collect() };
        (channels > 0).then_some(Header { channels, channel_mask, pre_skip, gain, streams, coupled, mapping })
    }

    fn plain(params: &AudioCodecParameters, delay: u32) -> Option<Header> {
        let channels = params.channels.as_ref()?.count();
        if channels != 1 && channels != 2 {
            return None;
        }
        let rate = u64::from(params.sample_rate?.max(1));
        let pre_skip = u16::try_from(u64::from(delay) * CODED_RATE / rate).unwrap_or(0);
        let coupled = channels as u8 - 1;
        let mapping = if channels == 1 { vec![0] } else { vec![0, 1] };
        Some(Header { channels, channel_mask: speakers(channels).1, pre_skip, gain: 1.0, streams: 1, coupled, mapping })
    }
}

/// Where Vorbis has the channels that `WAVE_FORMAT_EXTENSIBLE` orders, and the mask of that.
fn speakers(channels: usize) -> (&'static [usize], u32) {
    match channels {
        1 => (&[], 0x4),
        2 => (&[], 0x3),
        3 => (&[0, 2, 1], 0x7),
        4 => (&[], 0x33),
        5 => (&[0, 2, 1, 3, 4], 0x37),
        6 => (&[0, 2, 1, 5, 3, 4], 0x3f),
        7 => (&[0, 2, 1, 6, 5, 3, 4], 0x70f),
        8 => (&[0, 2, 1, 7, 5, 6, 3, 4], 0x63f),
        _ => (&[], 0),
    }
}

fn to_frames(coded: u64) -> usize {
    usize::try_from(coded * RATE / CODED_RATE).unwrap_or(usize::MAX)
}

fn words(error: i32) -> String {
    String::from(opus_strerror(error))
}
