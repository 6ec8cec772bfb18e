//! One recording: its container, the track that is heard, and that track's decoder.

use std::io::ErrorKind;

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::well_known as codec;
use symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::codecs::CodecParameters;
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::well_known::{FORMAT_ID_ADTS, FORMAT_ID_MKV, FORMAT_ID_MP3};
use symphonia::core::formats::{FormatId, FormatOptions, FormatReader, Track, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::common::Limit;
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;

use crate::input::Input;
use crate::mp3::Mp3Decoder;
use crate::opus::OpusDecoder;

/// Why a recording cannot be opened.
pub enum Failure {
    /// No container that is known.
    UnknownFormat,
    /// A container without sound, or without the track that is wanted.
    NoTrack(String),
    /// A codec that is not decoded here, by its name.
    UnknownCodec(String),
    /// A file that contradicts itself.
    Damaged(String),
    /// A file that ends before its sound begins.
    CutOff,
}

impl Failure {
    pub fn describe(self) -> (i32, String) {
        match self {
            Failure::UnknownFormat => (-1, String::from("its format is not known")),
            Failure::NoTrack(why) => (-2, why),
            Failure::UnknownCodec(name) => (-3, name),
            Failure::Damaged(why) => (-4, why),
            Failure::CutOff => (-5, String::from("it is cut off in its header")),
        }
    }
}

/// How the samples of a packet lie.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Shape {
    pub sample_rate: u32,
    pub channels: u32,
    /// The speakers, a bit each, or 0 if they are not known.
    pub channel_mask: u32,
}

/// Packets are joined until there are so many frames: uncompressed sound has one frame a packet in some containers.
const ENOUGH_FRAMES: usize = 1024;
/// Packets looked at for that, of any track: a step must not take long.
const MAX_PACKETS: usize = 1024;

/// What became of a packet.
pub enum Step {
    Frames(usize),
    End,
    /// The packet is left out.
    Damaged(String),
    /// Nothing can be read after it.
    Broken(String),
}

enum Decoder {
    Symphonia(Box<dyn AudioDecoder>),
    Mp3(Box<Mp3Decoder>),
    Opus(OpusDecoder),
}

pub struct Recording {
    reader: Box<dyn FormatReader + 'static>,
    track_id: u32,
    decoder: Decoder,
    pub track_index: u32,
    pub track_count: u32,
    /// Frames of the track by its header, or 0 if it does not say.
    pub stated_frames: u64,
    /// The shape of the samples given last.
    pub shape: Shape,
    /// The packet decoded last, and its shape.
    packet: Vec<f32>,
    packet_shape: Shape,
    /// What came after the samples given last: an end, damage, or a packet of another shape.
    held: Option<Step>,
}

impl Recording {
    pub fn open(size: u64, wanted: Option<usize>) -> Result<Recording, Failure> {
        let stream = MediaSourceStream::new(Box::new(Input::new(size)), MediaSourceStreamOptions::default());
        // Covers and lyrics are not kept.
        let metadata = MetadataOptions::default()
            .limit_tag_bytes(Limit::Maximum(1 << 16))
            .limit_visual_bytes(Limit::Maximum(0));
        let reader = symphonia::default::get_probe()
            .probe(&Hint::new(), stream, FormatOptions::default(), metadata)
            .map_err(open_failure)?;
        let audio: Vec<&Track> =
            reader.tracks().iter().filter(|track| track.track_type() == Some(TrackType::Audio)).collect();
        let track_count = audio.len() as u32;
        if audio.is_empty() {
            let unknown = reader.tracks().iter().any(|track| track.codec_params.is_none());
            return Err(if unknown {
                Failure::UnknownCodec(String::from("unknown"))
            } else {
                Failure::NoTrack(String::from("it has no sound"))
            });
        }
        let track_index = match wanted {
            Some(index) => index,
            None => {
                let default = reader.default_track(TrackType::Audio).map(|track| track.id);
                audio.iter().position(|track| Some(track.id) == default).unwrap_or(0)
            }
        };
        let Some(track) = audio.get(track_index) else {
            return Err(Failure::NoTrack(format!("it has {track_count} audio track{}", if track_count == 1 { "" } else { "s" })));
        };
        let (track_id, params) = match &track.codec_params {
            Some(CodecParameters::Audio(params)) => (track.id, params),
            _ => return Err(Failure::NoTrack(String::from("it has no sound"))),
        };
        // Without a tag that counts its packets, the length of an MP3 is a guess from its first ones. The tag that does
        // tells the encoder's delay beside it.
        let has_end = reader.format_info().format != FORMAT_ID_MP3 || track.delay.is_some();
        let decoder = make_decoder(params, has_end, track.delay.unwrap_or(0))?;
        let channels = params.channels.as_ref();
        let shape = Shape {
            sample_rate: params.sample_rate.unwrap_or(0),
            channels: channels.map_or(0, |channels| channels.count() as u32),
            channel_mask: channels.map_or(0, mask_of),
        };
        Ok(Recording {
            track_id,
            track_index: track_index as u32,
            track_count,
            stated_frames: if has_end { track.num_frames.unwrap_or(0) } else { 0 },
            shape,
            packet: Vec::new(),
            packet_shape: shape,
            held: None,
            decoder,
            reader,
        })
    }

    /// Decodes the next packets, small ones together.
    pub fn next(&mut self, samples: &mut Vec<f32>) -> Step {
        samples.clear();
        let mut frames = 0;
        for _ in 0..MAX_PACKETS {
            let step = match self.held.take() {
                Some(step) => step,
                None => self.next_packet(),
            };
            match step {
                Step::Frames(0) => {}
                Step::Frames(count) if frames == 0 || self.packet_shape == self.shape => {
                    self.shape = self.packet_shape;
                    samples.append(&mut self.packet);
                    frames += count;
                    if frames >= ENOUGH_FRAMES {
                        break;
                    }
                }
                other if frames == 0 => return other,
                other => {
                    self.held = Some(other);
                    break;
                }
            }
        }
        Step::Frames(frames)
    }

    /// Decodes the next packet of any track; those of other tracks have no frames.
    fn next_packet(&mut self) -> Step {
        let packet = match self.reader.next_packet() {
            Ok(Some(packet)) => packet,
            Ok(None) => return Step::End,
            Err(Error::ResetRequired) => return self.start_over(),
            Err(Error::IoError(error)) if error.kind() == ErrorKind::UnexpectedEof => {
                return Step::Broken(String::from("it is cut off"));
            }
            Err(error) if goes_on_after(&error, self.reader.format_info().format) => {
                return Step::Damaged(error.to_string());
            }
            Err(error) => return Step::Broken(error.to_string()),
        };
        if packet.track_id != self.track_id {
            return Step::Frames(0);
        }
        self.decode(&packet)
    }

    fn decode(&mut self, packet: &Packet) -> Step {
        let samples = &mut self.packet;
        match &mut self.decoder {
            Decoder::Opus(decoder) => {
                self.packet_shape = decoder.shape();
                match decoder.decode(packet, samples) {
                    Ok(frames) => Step::Frames(frames),
                    Err(why) => Step::Damaged(why),
                }
            }
            Decoder::Mp3(decoder) => match decoder.decode(packet, samples) {
                Ok(frames) => {
                    self.packet_shape = decoder.shape();
                    Step::Frames(frames)
                }
                Err(why) => Step::Damaged(why),
            },
            Decoder::Symphonia(decoder) => match decoder.decode(packet) {
                Ok(buffer) => {
                    self.packet_shape = Shape {
                        sample_rate: buffer.spec().rate(),
                        channels: buffer.spec().channels().count() as u32,
                        channel_mask: mask_of(buffer.spec().channels()),
                    };
                    buffer.copy_to_vec_interleaved::<f32>(samples);
                    Step::Frames(buffer.frames())
                }
                Err(error) => Step::Damaged(error.to_string()),
            },
        }
    }

    /// Goes on where a new chain of an Ogg file begins, or where a stream changes its tracks.
    fn start_over(&mut self) -> Step {
        let track = self.reader.default_track(TrackType::Audio).or_else(|| self.reader.first_track(TrackType::Audio));
        let Some(track) = track else { return Step::End };
        let Some(CodecParameters::Audio(params)) = &track.codec_params else { return Step::End };
        match make_decoder(params, true, track.delay.unwrap_or(0)) {
            Ok(decoder) => {
                self.track_id = track.id;
                self.decoder = decoder;
                Step::Frames(0)
            }
            Err(failure) => Step::Broken(failure.describe().1),
        }
    }
}

/// Whether a reader finds the next packet by itself after an error. Raw AAC is searched for the next frame; a block of a
/// Matroska file was read to its end before what is in it turned out to be wrong, if not its elements are.
fn goes_on_after(error: &Error, format: FormatId) -> bool {
    match error {
        Error::DecodeError(why) => format == FORMAT_ID_ADTS || (format == FORMAT_ID_MKV && !why.starts_with("mkv (ebml)")),
        Error::Unsupported(_) => format == FORMAT_ID_ADTS,
        _ => false,
    }
}

fn make_decoder(params: &AudioCodecParameters, has_end: bool, delay: u32) -> Result<Decoder, Failure> {
    if params.codec == codec::CODEC_ID_OPUS {
        return OpusDecoder::new(params, delay).map(Decoder::Opus).map_err(Failure::Damaged);
    }
    if params.codec == codec::CODEC_ID_MP3 {
        return Ok(Decoder::Mp3(Box::new(Mp3Decoder::new(has_end))));
    }
    match symphonia::default::get_codecs().make_audio_decoder(params, &AudioDecoderOptions::default()) {
        Ok(decoder) => Ok(Decoder::Symphonia(decoder)),
        Err(Error::Unsupported(what)) => Err(Failure::UnknownCodec(name_of(params.codec, what))),
        Err(error) => Err(Failure::Damaged(error.to_string())),
    }
}

/// Names the codecs that people have and that are not decoded here.
fn name_of(id: AudioCodecId, what: &str) -> String {
    let name = match id {
        codec::CODEC_ID_AAC => "AAC of another profile than LC, or of more than two channels",
        codec::CODEC_ID_AC3 => "AC-3",
        codec::CODEC_ID_EAC3 => "E-AC-3",
        codec::CODEC_ID_AC4 => "AC-4",
        codec::CODEC_ID_DCA => "DTS",
        codec::CODEC_ID_WMA => "Windows Media Audio",
        codec::CODEC_ID_TRUEHD => "TrueHD",
        codec::CODEC_ID_WAVPACK => "WavPack",
        codec::CODEC_ID_MONKEYS_AUDIO => "Monkey's Audio",
        codec::CODEC_ID_SPEEX => "Speex",
        _ => return format!("another one ({what})"),
    };
    String::from(name)
}

fn open_failure(error: Error) -> Failure {
    match error {
        Error::Unsupported(_) => Failure::UnknownFormat,
        Error::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => Failure::CutOff,
        error => Failure::Damaged(error.to_string()),
    }
}

fn mask_of(channels: &Channels) -> u32 {
    match channels {
        Channels::Positioned(positions) => positions.bits() as u32,
        _ => 0,
    }
}
