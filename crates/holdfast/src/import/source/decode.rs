//! Bytes of a declared encoding → UTF-8, as a stream, with the SHA-256 of the bytes on the way.

use crate::import::mapping::Encoding;
use encoding_rs::DecoderResult;
use sha2::{Digest, Sha256};
use std::io::{self, Read};

const CHUNK: usize = 32 * 1024;

/// Decodes while it reads. A byte sequence that is no text ends the stream with `InvalidData`.
pub(super) struct Decoding<R> {
    inner: R,
    decoder: encoding_rs::Decoder,
    raw: Vec<u8>,
    raw_at: usize,
    text: Vec<u8>,
    text_at: usize,
    /// The inner reader has no more bytes.
    ended: bool,
    outcome: Outcome,
}

/// Comes into force once the text decoded before it is read, so that the reader can count lines up to there.
enum Outcome {
    More,
    Finished,
    NoText,
}

impl<R: Read> Decoding<R> {
    pub(super) fn new(inner: R, encoding: Encoding) -> Self {
        let encoding = match encoding {
            Encoding::Utf8 => encoding_rs::UTF_8,
            Encoding::Utf16 => encoding_rs::UTF_16LE,
            Encoding::Windows1252 => encoding_rs::WINDOWS_1252,
        };
        Self {
            inner,
            // Sniffs and drops a byte-order mark.
            decoder: encoding.new_decoder(),
            raw: Vec::new(),
            raw_at: 0,
            text: Vec::new(),
            text_at: 0,
            ended: false,
            outcome: Outcome::More,
        }
    }

    pub(super) fn into_inner(self) -> R {
        self.inner
    }

    /// Decodes the next piece into `text`.
    fn fill(&mut self) -> io::Result<()> {
        if self.raw_at == self.raw.len() && !self.ended {
            self.raw.resize(CHUNK, 0);
            let read = self.inner.read(&mut self.raw);
            self.raw.truncate(read.as_ref().copied().unwrap_or(0));
            self.raw_at = 0;
            self.ended = read? == 0;
        }
        self.text.resize(CHUNK, 0);
        let (result, read, written) =
            self.decoder.decode_to_utf8_without_replacement(&self.raw[self.raw_at..], &mut self.text, self.ended);
        self.raw_at += read;
        self.text.truncate(written);
        self.text_at = 0;
        self.outcome = match result {
            DecoderResult::Malformed(..) => Outcome::NoText,
            DecoderResult::InputEmpty if self.ended => Outcome::Finished,
            DecoderResult::InputEmpty | DecoderResult::OutputFull => Outcome::More,
        };
        Ok(())
    }
}

impl<R: Read> Read for Decoding<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.text_at == self.text.len() {
            match self.outcome {
                Outcome::More => self.fill()?,
                Outcome::Finished => return Ok(0),
                Outcome::NoText => {
                    return Err(io::Error::new(io::ErrorKind::InvalidData, "bytes that are no text in this encoding"));
                }
            }
        }
        let count = buffer.len().min(self.text.len() - self.text_at);
        buffer[..count].copy_from_slice(&self.text[self.text_at..self.text_at + count]);
        self.text_at += count;
        Ok(count)
    }
}

/// Hashes what passes through.
pub(super) struct Hashing<R> {
    inner: R,
    digest: Sha256,
}

impl<R: Read> Hashing<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, digest: Sha256::new() }
    }

    pub(super) fn finish(self) -> String {
        crate::import::mapping::hex(&self.digest.finalize())
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.digest.update(&buffer[..count]);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bytes: &[u8], encoding: Encoding) -> io::Result<String> {
        let mut out = String::new();
        Decoding::new(bytes, encoding).read_to_string(&mut out).map(|_| out)
    }

    #[test]
    fn each_encoding_becomes_text_without_its_mark() {
        assert_eq!(decode(b"\xEF\xBB\xBFa,\xC3\xA9", Encoding::Utf8).expect("text"), "a,é");
        assert_eq!(decode(b"a,\xE9,\x80", Encoding::Windows1252).expect("text"), "a,é,€");
        assert_eq!(decode(b"\xFE\xFF\x00a\x00\xE9", Encoding::Utf16).expect("text"), "aé");
        assert_eq!(decode(b"\xFF\xFEa\x00\xE9\x00", Encoding::Utf16).expect("text"), "aé");
        assert_eq!(decode(b"", Encoding::Utf8).expect("text"), "");
    }

    #[test]
    fn long_text_survives_the_seams_between_chunks() {
        let text = "aé€😀".repeat(20_000);
        assert_eq!(decode(text.as_bytes(), Encoding::Utf8).expect("text"), text);
    }

    #[test]
    fn bytes_that_are_no_text_are_an_error_after_the_text_before_them() {
        let mut reader = Decoding::new(&b"one\ntwo\xE9\n"[..], Encoding::Utf8);
        let mut out = Vec::new();
        assert_eq!(reader.read_to_end(&mut out).expect_err("invalid").kind(), io::ErrorKind::InvalidData);
        assert_eq!(out, b"one\ntwo");
        assert!(decode(b"cut \xC3", Encoding::Utf8).is_err());
    }
}
