//! MP3, decoded by nanomp3, with SIMD instructions: Symphonia's own decoder takes twice as long on Deno.

use nanomp3_core::{DecodeError, Decoder, MAX_SAMPLES_PER_FRAME};
use symphonia::core::packet::Packet;

use crate::recording::Shape;

/// Frames that an encoder may have added to fill the last packet up: the LAME tag counts them in 12 bits.
const MAX_PADDING: usize = 4095;

pub struct Mp3Decoder {
    decoder: Decoder,
    shape: Shape,
    /// Whether it is known where the sound ends.
    has_end: bool,
    /// What lies behind the end, as long as it may be padding.
    behind: Vec<f32>,
}

impl Mp3Decoder {
    /// `has_end`: whether packets say truly what of them lies behind the end.
    pub fn new(has_end: bool) -> Mp3Decoder {
        Mp3Decoder { decoder: Decoder::new(), shape: Shape::default(), has_end, behind: Vec::new() }
    }

    /// That of the packet decoded last.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Decodes a packet, which holds one frame.
    pub fn decode(&mut self, packet: &Packet, samples: &mut Vec<f32>) -> Result<usize, String> {
        samples.resize(MAX_SAMPLES_PER_FRAME, 0.0);
        let (frame, count) = match self.decoder.decode(&packet.data, samples).1 {
            Ok(frame) => (frame, frame.samples_produced),
            // It goes on with bytes of frames that are not there: its time passes in silence.
            Err(DecodeError::ReservoirUnavailable(frame)) => {
                samples.fill(0.0);
                (frame, if frame.sample_rate < 32_000 { 576 } else { 1152 })
            }
            Err(error) => {
                samples.clear();
                return Err(format!("an MP3 packet is damaged: {error}"));
            }
        };
        let channels = frame.channels.num() as usize;
        let shape = Shape { sample_rate: frame.sample_rate, channels: channels as u32, channel_mask: 0 };
        if shape != self.shape {
            self.shape = shape;
            self.behind.clear();
        }
        samples.truncate(count * channels);
        samples.drain(..(packet.trim_start.get() as usize).min(count) * channels);
        if self.has_end {
            self.keep_what_is_behind(packet.trim_end.get() as usize * channels, samples);
        }
        Ok(samples.len() / channels)
    }

    /// Takes away what lies behind the end. Once that is more than padding, files were joined or the header lies: all
    /// of it is given, and there is no end any more.
    fn keep_what_is_behind(&mut self, length: usize, samples: &mut Vec<f32>) {
        let end = samples.len() - length.min(samples.len());
        self.behind.extend(samples.drain(end..));
        if self.behind.len() > MAX_PADDING * self.shape.channels as usize {
            self.has_end = false;
            samples.append(&mut self.behind);
            self.behind = Vec::new();
        }
    }
}
