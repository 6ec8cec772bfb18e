//! The recording's bytes, which JavaScript has.

use std::io::{Error, ErrorKind, Read, Result, Seek, SeekFrom};

use symphonia::core::io::MediaSource;

#[link(wasm_import_module = "audio")]
extern "C" {
    /// Copies up to `length` bytes at `offset` to `buffer`. Gives how many, or less than 0 if it must not go on.
    #[link_name = "read"]
    fn read_bytes(offset: f64, buffer: *mut u8, length: u32) -> i32;
}

/// A file of known size that can be read at any offset.
pub struct Input {
    position: u64,
    size: u64,
}

impl Input {
    pub fn new(size: u64) -> Self {
        Input { position: 0, size }
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let length = (buffer.len() as u64).min(self.size.saturating_sub(self.position)) as u32;
        if length == 0 {
            return Ok(0);
        }
        // SAFETY: JavaScript writes `length` bytes at most, which the buffer has.
        let count = unsafe { read_bytes(self.position as f64, buffer.as_mut_ptr(), length) };
        if count < 0 {
            return Err(Error::new(ErrorKind::Other, "it asks for the same bytes again and again"));
        }
        self.position += count as u64;
        Ok(count as usize)
    }
}

impl Seek for Input {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let position = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(distance) => self.size.checked_add_signed(distance),
            SeekFrom::Current(distance) => self.position.checked_add_signed(distance),
        };
        match position {
            Some(position) => {
                self.position = position;
                Ok(position)
            }
            None => Err(Error::new(ErrorKind::InvalidInput, "it leads to a place before the beginning")),
        }
    }
}

impl MediaSource for Input {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.size)
    }
}
