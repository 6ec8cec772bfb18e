//! MP3, decoded by nanomp3, with SIMD instructions: Symphonia's own decoder takes twice as long on Deno.

use nanomp3_core::{DecodeError, Decoder, MAX_SAMPLES_PER_FRAME};
use symphonia::core::packet::Packet;

use crate::recording::Shape;

pub struct Mp3Decoder {
    decoder: Decoder,
    shape: Shape,
}

impl Mp3Decoder {
    pub fn new() -> Mp3Decoder {
        Mp3Decoder { decoder: Decoder::new(), shape: Shape::default() }
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
        self.shape = Shape { sample_rate: frame.sample_rate, channels: channels as u32, channel_mask: 0 };
        let start = (packet.trim_start.get() as usize).min(count);
        let end = count - (packet.trim_end.get() as usize).min(count - start);
        samples.truncate(end * channels);
        samples.drain(..start * channels);
        Ok(end - start)
    }
}
